// Package blackbox lets a program of its own compete: rclone, the AWS CLI, a script. It is started anew for every object, with
// the endpoint, the keys and the file to upload in its environment ([Vars] lists them), and what it does is measured by the
// server alone.
//
// The program runs through the system's shell, in a process group of its own. When the trial's time is over the whole group
// is killed and waited for; so is what a program leaves running behind itself. What it prints goes to a file, without
// anything that looks like a secret.
//
// Its exit status says whether it believes that the object is there. One that says so and is wrong fails the trial.
package blackbox
