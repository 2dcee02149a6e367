// Package algorithm is what training and inference share: the parser of the rows, and the model.
package algorithm

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Features is the number of measurements of each row.
const Features = 30

// ParseCSV returns the rows of a CSV text without a header; blank lines are skipped.
func ParseCSV(text []byte, columns int, name string) ([][]float64, error) {
	reader := csv.NewReader(bytes.NewReader(text))
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true
	var rows [][]float64
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		line, _ := reader.FieldPos(0)
		row, err := parseRow(cells, columns, fmt.Sprintf("%s, line %d", name, line))
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
}

// ParseJSON returns the rows of {"instances": [[…], …]}.
func ParseJSON(text []byte) ([][]float64, error) {
	var document struct{ Instances [][]json.Number }
	if err := json.Unmarshal(text, &document); err != nil || document.Instances == nil {
		return nil, errors.New(`body: {"instances": [[...], ...]} of numbers expected`)
	}
	rows := make([][]float64, len(document.Instances))
	for index, instance := range document.Instances {
		cells := make([]string, len(instance))
		for column, number := range instance {
			cells[column] = number.String()
		}
		row, err := parseRow(cells, Features, fmt.Sprintf("instances[%d]", index))
		if err != nil {
			return nil, err
		}
		rows[index] = row
	}
	return rows, nil
}

func parseRow(cells []string, columns int, where string) ([]float64, error) {
	if len(cells) != columns {
		return nil, fmt.Errorf("%s: %d columns expected, got %d", where, columns, len(cells))
	}
	row := make([]float64, columns)
	for column, cell := range cells {
		number, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
		if err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
			return nil, fmt.Errorf("%s, column %d: not a number: %.40q", where, column+1, cell)
		}
		row[column] = number
	}
	return row, nil
}
