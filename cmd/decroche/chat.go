package main

import "errors"

type chatCmd struct {
	Lang string `default:"fr"`
}

func (c *chatCmd) Run() error { return errors.New("not yet") }
