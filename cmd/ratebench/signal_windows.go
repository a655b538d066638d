package main

import "os"

// stopSignals end a run in order.
var stopSignals = []os.Signal{os.Interrupt}
