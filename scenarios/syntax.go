package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	// maxBytes is the largest scenario that is read. The shipped ones have a few KiB.
	maxBytes = 1 << 20
	// maxDepth is how deep a scenario may nest. The language needs 6 levels. The limit keeps the parser, which
	// recurses, from running out of stack.
	maxDepth = 32
	// maxTokens is how many words and marks a scenario may have. The parser recurses once for every key of a mapping, in
	// time that grows with the square of their number.
	maxTokens = 20_000
)

// clean checks that src is plain text and returns it with one kind of line break and without a byte order mark. With a
// problem it returns what an excerpt may be taken from.
func clean(src []byte) (string, *Problem) {
	if len(src) > maxBytes {
		return "", &Problem{Message: tooLarge(int64(len(src)))}
	}
	text := strings.TrimPrefix(string(src), "\ufeff")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	line, column := 1, 0
	for i, r := range text {
		column++
		switch {
		case r == '\n':
			line, column = line+1, 0
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)):
			return strings.ToValidUTF8(text, "\ufffd"), &Problem{Line: line, Column: column,
				Message: fmt.Sprintf("byte 0x%02x is not UTF-8 text: a scenario is YAML in UTF-8", text[i])}
		case control(r):
			return strings.ToValidUTF8(text, "\ufffd"), &Problem{Line: line, Column: column,
				Message: fmt.Sprintf("control character 0x%02x: a scenario is YAML, which is plain text", r)}
		}
	}
	return text, nil
}

// control reports whether a character would do something to a terminal instead of being shown.
func control(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r <= 0x9f ||
		r == 0x2028 || r == 0x2029 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff
}

func tooLarge(n int64) string {
	return fmt.Sprintf("is %.3g MB; a scenario is at most 1 MiB", float64(n)/1e6)
}

// parse turns text into a tree. The text must be clean. The parser is other people's code that meets bad input here,
// so a panic of its own becomes a problem too.
func parse(text string) (root *node, problem *Problem) {
	defer func() {
		if r := recover(); r != nil {
			root, problem = nil, &Problem{Message: fmt.Sprintf("is not YAML that can be read (%v)", r)}
		}
	}()
	tokens := lexer.Tokenize(text)
	if p := refuse(tokens); p != nil {
		return nil, p
	}
	// Keys written twice are found later, with a better message.
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil {
			pos := at.GetToken().Position
			return nil, &Problem{Line: pos.Line, Column: pos.Column, Message: notYAML(at.GetMessage())}
		}
		return nil, &Problem{Message: notYAML(err.Error())}
	}
	for i, doc := range file.Docs {
		if i > 0 && doc.Body != nil {
			pos := doc.Body.GetToken().Position
			if doc.Start != nil {
				pos = doc.Start.Position
			}
			return nil, &Problem{Line: pos.Line, Column: pos.Column,
				Message: "a second document begins here: a scenario is one document, so put it into a file of its own"}
		}
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, &Problem{Message: "is empty: a scenario needs at least version, name, workload and contestants"}
	}
	return fromAST(file.Docs[0].Body)
}

func notYAML(msg string) string {
	if strings.Contains(msg, "\t") {
		return "a tab stands here: YAML is indented with spaces"
	}
	return "not valid YAML: " + msg + " (look at the indentation, colons, brackets and quotes here and in the line above)"
}

// refuse finds what the language leaves out on purpose, and nesting that the parser would recurse into too deeply.
func refuse(tokens token.Tokens) *Problem {
	flow, count := 0, 0 // open brackets, tokens
	var blocks []int    // columns of the open block levels
	for _, t := range tokens {
		at := func(msg string) *Problem {
			return &Problem{Line: t.Position.Line, Column: t.Position.Column, Message: msg}
		}
		column := 0 // of a block level that begins here
		if count++; count > maxTokens {
			return at(fmt.Sprintf("has more than %d words and marks: a scenario has a few hundred", maxTokens))
		}
		switch t.Type {
		case token.CommentType:
			count--
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return at("anchors, aliases and merge keys are no part of the scenario language: write the value out" +
				" (or put it in quotes, if it is text)")
		case token.TagType, token.DirectiveType:
			return at("tags and directives are no part of the scenario language: remove it (or put it in quotes, if it is text)")
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow--
		case token.SequenceEntryType, token.MappingKeyType:
			column = t.Position.Column
		case token.MappingValueType:
			if t.Prev != nil && t.Prev.Position.Line == t.Position.Line {
				column = t.Prev.Position.Column
			}
		}
		if column > 0 && flow == 0 {
			for len(blocks) > 0 && blocks[len(blocks)-1] >= column {
				blocks = blocks[:len(blocks)-1]
			}
			blocks = append(blocks, column)
		}
		if flow+len(blocks) > maxDepth {
			return at(fmt.Sprintf("nests more than %d levels deep: the scenario language needs 6", maxDepth))
		}
	}
	return nil
}
