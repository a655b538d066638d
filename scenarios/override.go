package scenarios

import (
	"fmt"
	"strconv"
	"strings"
)

// override applies one key=value to the tree.
func override(root *node, set string) error {
	path, text, ok := strings.Cut(set, "=")
	if !ok || path == "" {
		return fmt.Errorf("write key=value, such as repeats=3 or workload.object_size=16MiB")
	}
	value, err := overrideValue(text)
	if err != nil {
		return err
	}
	mark(value, set)
	at, done := root, ""
	steps := strings.Split(path, ".")
	if len(steps) > maxDepth {
		return fmt.Errorf("the key has %d levels: the scenario language needs 6", len(steps))
	}
	for i, step := range steps {
		if step == "" {
			return fmt.Errorf("%q has an empty step: write the keys with one dot between them, such as workload.clients", path)
		}
		last := i == len(steps)-1
		switch at.kind {
		case sequence:
			n, err := at.index(step, done)
			if err != nil {
				return err
			}
			if last && value.kind == null {
				at.items = append(at.items[:n:n], at.items[n+1:]...)
				return nil
			}
			if last {
				at.items[n] = value
				return nil
			}
			// A contestant may be a bare name; below it stand keys.
			if at.items[n].kind == scalar && done == "contestants" {
				name := at.items[n]
				at.items[n] = &node{kind: mapping, line: name.line, column: name.column, set: name.set}
				at.items[n].put("name", name, name)
			}
			at = at.items[n]
		case mapping, null:
			at.kind = mapping
			if last {
				at.put(step, value, value)
				return nil
			}
			next := at.child(step)
			if next == nil {
				next = &node{kind: mapping, set: value.set}
				at.put(step, next, value)
			}
			at = next
		default:
			return fmt.Errorf("%s is %s: it has no %q in it", done, at.kind, step)
		}
		done = join(done, step)
	}
	return nil
}

// overrideValue reads what stands behind the equals sign: YAML in one line.
func overrideValue(text string) (*node, error) {
	clean, p := clean([]byte(text))
	if p != nil {
		return nil, fmt.Errorf("%s", p.Message)
	}
	if strings.TrimSpace(clean) == "" {
		return &node{kind: null}, nil
	}
	value, p := parse(clean)
	if p != nil {
		return nil, fmt.Errorf("%s", p.Message)
	}
	return value, nil
}

// mark notes on a value and all in it that it came from an override.
func mark(n *node, set string) {
	n.set = clip(set)
	for _, item := range n.items {
		mark(item, set)
	}
	for _, e := range n.entries {
		mark(e.key, set)
		mark(e.value, set)
	}
}

// put sets a key of a mapping, or removes it where the value is null. A key that is new gets the place of from.
func (n *node) put(key string, value, from *node) {
	for i, e := range n.entries {
		if e.key.text != key {
			continue
		}
		if value.kind == null {
			n.entries = append(n.entries[:i:i], n.entries[i+1:]...)
		} else {
			e.value = value
		}
		return
	}
	if value.kind != null {
		k := &node{text: key, line: from.line, column: from.column, set: from.set}
		n.entries = append(n.entries, &entry{k, value})
	}
}

// index finds an entry of a list by number or by name.
func (n *node) index(step, path string) (int, error) {
	if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(n.items) {
		return i, nil
	}
	var names []string
	for i, item := range n.items {
		name := item.text
		for _, key := range []string{"name", "as"} { // a result name wins
			if c := item.child(key); c != nil {
				name = c.text
			}
		}
		if name == step {
			return i, nil
		}
		if name != "" {
			names = append(names, name)
		}
	}
	return 0, fmt.Errorf("%s has no entry %q: it has %d, counted from 0; %s", path, step, len(n.items), suggest(step, names))
}
