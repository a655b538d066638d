package scenarios

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

type kind int

const (
	scalar kind = iota
	mapping
	sequence
	null
)

func (k kind) String() string {
	return [...]string{"a single value", "a mapping", "a list", "nothing"}[k]
}

// node is one value of a scenario file, before anybody knows what it means. The parser's own tree would do as well, but
// every use of it would have to know its twenty node types.
type node struct {
	kind         kind
	text         string // of a scalar
	quoted       bool
	line, column int
	set          string   // the override that it came from
	entries      []*entry // of a mapping
	items        []*node  // of a sequence
}

type entry struct{ key, value *node }

// child returns the value of a key, or nil.
func (n *node) child(key string) *node {
	for _, e := range n.entries {
		if e.key.text == key {
			return e.value
		}
	}
	return nil
}

// fromAST converts the parser's tree. Its depth is bounded by refuse.
func fromAST(from ast.Node) (*node, *Problem) {
	n := at(from.GetToken())
	switch v := from.(type) {
	case *ast.NullNode:
		n.kind = null
	case *ast.LiteralNode:
		n.text, n.quoted = v.Value.Value, true
	case *ast.StringNode:
		n.text = v.Value
		n.quoted = v.Token.Type == token.SingleQuoteType || v.Token.Type == token.DoubleQuoteType
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		n.text = from.GetToken().Value // as written: 0.10 stays 0.10
	case *ast.MappingValueNode:
		n = at(v.Key.GetToken())
		n.kind = mapping
		return n, n.add(v, map[string]int{})
	case *ast.MappingNode:
		n.kind = mapping
		seen := make(map[string]int, len(v.Values))
		for i, value := range v.Values {
			if i == 0 && !v.IsFlowStyle {
				key := at(value.Key.GetToken())
				n.line, n.column = key.line, key.column
			}
			if p := n.add(value, seen); p != nil {
				return nil, p
			}
		}
	case *ast.SequenceNode:
		n.kind = sequence
		for _, value := range v.Values {
			item, p := fromAST(value)
			if p != nil {
				return nil, p
			}
			n.items = append(n.items, item)
		}
	default:
		return nil, n.problem(fmt.Sprintf("%s is no part of the scenario language: write a value, a list or a mapping", from.Type().YAMLName()))
	}
	return n, nil
}

// add appends an entry to a mapping. Keys are unique; seen holds the line of each so far.
func (n *node) add(v *ast.MappingValueNode, seen map[string]int) *Problem {
	key := at(v.Key.GetToken())
	switch k := v.Key.(type) {
	case *ast.StringNode:
		key.text = k.Value
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.NullNode:
		key.text = v.Key.GetToken().Value
	default:
		return key.problem("a key must be a plain word followed by a colon")
	}
	if line := seen[key.text]; line > 0 {
		return key.problem(fmt.Sprintf("key %q is written twice in one mapping, first in line %d: remove one of them", key.text, line))
	}
	seen[key.text] = key.line
	value, p := fromAST(v.Value)
	if p != nil {
		return p
	}
	if value.kind == null { // a value that is left out has no place of its own
		value.line, value.column = key.line, key.column
	}
	n.entries = append(n.entries, &entry{key, value})
	return nil
}

func at(t *token.Token) *node {
	if t == nil || t.Position == nil {
		return &node{line: 1, column: 1}
	}
	return &node{line: max(1, t.Position.Line), column: max(1, t.Position.Column)}
}

func (n *node) problem(message string) *Problem {
	return &Problem{Line: n.line, Column: n.column, Set: n.set, Message: message}
}
