package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"algorithm/algorithm"
)

// channel is the rows and labels of all CSV files of a channel; it has none if the channel does not exist.
type channel struct {
	rows   [][]float64
	labels []float64
}

// readChannel reads a channel. The label is the first column; 1 is benign.
func readChannel(name string) (*channel, error) {
	result := &channel{}
	directory := os.DirFS("/opt/ml/input/data")
	err := fs.WalkDir(directory, name, func(file string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(file) != ".csv" {
			return err
		}
		text, err := fs.ReadFile(directory, file)
		if err != nil {
			return err
		}
		return result.add(text, file)
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return result, nil
}

func (c *channel) add(text []byte, file string) error {
	rows, err := algorithm.ParseCSV(text, algorithm.Features+1, file)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row[0] != 0 && row[0] != 1 {
			return fmt.Errorf("%s: the label in the first column must be 0 or 1", file)
		}
		c.labels = append(c.labels, row[0])
		c.rows = append(c.rows, row[1:])
	}
	return nil
}
