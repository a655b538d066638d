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
func (s *streams) askSecret(what, instead string) ([]byte, error) {
	f := s.terminal()
	if f == nil {
		return nil, usagef("%s: there is no terminal to ask on; give it with %s", what, instead)
	}
	fmt.Fprintf(s.err, "%s: ", what)
	var answer []byte
	err := asking(f, s.err, func() (err error) { answer, err = term.ReadPassword(int(f.Fd())); return err })
	fmt.Fprintln(s.err)
	if errors.Is(err, io.EOF) || err == nil && len(answer) == 0 {
		return nil, usagef("%s: nothing was entered", what)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return answer, nil
}

// confirm asks a question on the terminal. Everything but a yes is a no.
func (s *streams) confirm(question string) (bool, error) {
	f := s.terminal()
	fmt.Fprintf(s.err, "%s [y/N] ", question)
	var answer string
	err := asking(f, s.err, func() (err error) { answer, err = bufio.NewReader(f).ReadString('\n'); return err })
	if err != nil && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("reading the answer: %w", err)
	}
	if errors.Is(err, io.EOF) {
		fmt.Fprintln(s.err)
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes", nil
}

// asking reads from the terminal. Nothing can call off a read, so an interrupt meanwhile ends the process, with the terminal as it was: a
// prompt that hides what is typed would leave it so.
func asking(f *os.File, stderr io.Writer, read func() error) error {
	before, err := term.GetState(int(f.Fd()))
	if err != nil {
		return err
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
	err = read()
	signal.Stop(signals)
	close(done)
	<-ended
	return err
}
