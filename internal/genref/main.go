// Command genref writes the JSON Schemas in configs/schema and the pages in docs/reference
// from the code and its comments. Run it in the repository: go run ./internal/genref.
package main

import (
	"fmt"
	"os"

	"decroche/internal/reference"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	n, err := reference.Write(root)
	if err != nil {
		fmt.Fprintf(os.Stderr, "genref: %v; run it in the root of the repository\n", err)
		os.Exit(1)
	}
	fmt.Printf("%d files changed\n", n)
}
