package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"
)

// clockCalls finds calls of the wall clock in the planner's files.
func clockCalls(t *testing.T) map[string]string {
	t.Helper()
	clock := []string{"Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer"}
	out := map[string]string{}
	eachGoFile(t, filepath.Join(moduleRoot, "planner"), false, func(path string) {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if ok && pkg.Name == "time" && slices.Contains(clock, sel.Sel.Name) {
				out[path] = "time." + sel.Sel.Name
			}
			return true
		})
	})
	return out
}
