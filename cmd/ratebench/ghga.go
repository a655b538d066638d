package main

// ghgaCmd moves files between this machine and a deployment of GHGA.
type ghgaCmd struct {
	Upload   ghgaUploadCmd   `cmd:"" help:"Encrypt files and upload them."`
	Download ghgaDownloadCmd `cmd:"" help:"Download files and decrypt them."`
	Delete   ghgaDeleteCmd   `cmd:"" help:"Delete uploads, finished or not."`
	List     ghgaListCmd     `cmd:"" help:"List what a work package gives access to."`
	Decrypt  ghgaDecryptCmd  `cmd:"" help:"Decrypt Crypt4GH files that are here already."`
}

func (ghgaCmd) Help() string {
	return `Moves files as the GHGA Connector does, against any deployment. The access token of the work package and the passphrase of the key come from
a prompt or from files, never from the command line.

Examples:

    ratebench ghga upload --key me.sec sample1.bam sample2.bam
    ratebench ghga download --key me.sec --work-package token.txt --output data/
    ratebench ghga list --key me.sec --work-package token.txt

To try it without GHGA, run "ratebench serve --backend ghga": it prints what to do.`
}
