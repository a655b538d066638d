package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/term"
)

// terminal is standard input where somebody can be asked; nil: nobody can.
func (s *streams) terminal() *os.File {
	f, ok := s.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return f
}

// askSecret asks for something on the terminal, without showing it. instead says how to give it where there is none.
func (s *streams) askSecret(what, instead string) (answer []byte, err error) {
	f := s.terminal()
	if f == nil {
		return nil, usagef("%s: there is no terminal to ask on; give it with %s", what, instead)
	}
	show, err := s.hush()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	defer show()
	fmt.Fprintf(s.err, "%s: ", what)
	answer, err = readHidden(f)
	fmt.Fprintln(s.err)
	if errors.Is(err, io.EOF) || err == nil && len(answer) == 0 {
		return nil, usagef("%s: nothing was entered", what)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return answer, nil
}

// hush has the terminal show nothing that is typed until show is called; without a terminal it does nothing. It comes before the prompt, and holds over
// several: what is pasted too early must not be shown either. Within another hush it does nothing.
func (s *streams) hush() (show func(), err error) {
	f := s.terminal()
	if f == nil || s.hushed {
		return func() {}, nil
	}
	end, err := attend(f, s.err)
	if err != nil {
		return nil, err
	}
	if err := hideEcho(int(f.Fd())); err != nil {
		end()
		return nil, err
	}
	s.hushed = true
	return func() { s.hushed = false; end() }, nil
}

// confirm asks a question on the terminal until it gets an answer. Nothing, or the end of input, is a no.
func (s *streams) confirm(question string) (bool, error) {
	f := s.terminal()
	end, err := attend(f, s.err)
	if err != nil {
		return false, fmt.Errorf("asking: %w", err)
	}
	defer end()
	lines := bufio.NewReader(f)
	for {
		fmt.Fprintf(s.err, "%s [y/N] ", question)
		answer, err := lines.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return false, fmt.Errorf("reading the answer: %w", err)
		}
		if err != nil {
			fmt.Fprintln(s.err)
		}
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "y", "yes":
			return true, nil
		case "", "n", "no":
			return false, nil
		}
		if err != nil {
			return false, nil
		}
		fmt.Fprintln(s.err, "Please answer y for yes or n for no.")
	}
}

// attend watches over a terminal that somebody is asked on, until end is called, which leaves it as it was. Nothing can call off a read, so an
// interrupt meanwhile ends the process.
func attend(f *os.File, stderr io.Writer) (end func(), err error) {
	before, err := term.GetState(int(f.Fd()))
	if err != nil {
		return nil, err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, stopSignals...)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-signals:
			_ = term.Restore(int(f.Fd()), before)
			fmt.Fprintln(stderr, "\nratebench: interrupted; nothing was begun")
			os.Exit(exitInterrupted)
		case <-done:
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
		<-ended
		_ = term.Restore(int(f.Fd()), before)
	}, nil
}
