package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"algorithm/algorithm"
)

const maxBody = 25 << 20

var classes = map[bool]string{false: "malignant", true: "benign"}

type prediction struct {
	Label       string  `json:"label"`
	Probability float64 `json:"probability"`
}

// invoke responds to one request.
func invoke(model *algorithm.Model, response http.ResponseWriter, request *http.Request) {
	accept, ok := negotiate(request.Header.Get("Accept"))
	if !ok {
		message := "accept must include application/json or text/csv, got " + request.Header.Get("Accept")
		http.Error(response, message, http.StatusNotAcceptable)
		return
	}
	rows, status, err := readRows(response, request)
	if err != nil {
		http.Error(response, err.Error(), status)
		return
	}
	predictions := make([]prediction, len(rows))
	for index, probability := range model.Predict(rows) {
		predictions[index] = prediction{classes[probability >= 0.5], probability}
	}
	response.Header().Set("Content-Type", accept)
	_, _ = response.Write(encode(predictions, accept))
}

func readRows(response http.ResponseWriter, request *http.Request) ([][]float64, int, error) {
	contentType, _, _ := mime.ParseMediaType(request.Header.Get("Content-Type"))
	if contentType != "text/csv" && contentType != "application/json" {
		err := fmt.Errorf("the content type must be text/csv or application/json, got %q", contentType)
		return nil, http.StatusUnsupportedMediaType, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(response, request.Body, maxBody))
	if tooLarge := (&http.MaxBytesError{}); errors.As(err, &tooLarge) {
		return nil, http.StatusRequestEntityTooLarge, fmt.Errorf("the body must have at most %d bytes", maxBody)
	}
	if err != nil {
		return nil, http.StatusBadRequest, err
	}
	var rows [][]float64
	if contentType == "text/csv" {
		rows, err = algorithm.ParseCSV(body, algorithm.Features, "body")
	} else {
		rows, err = algorithm.ParseJSON(body)
	}
	if err == nil && len(rows) == 0 {
		err = errors.New("body: no rows")
	}
	return rows, http.StatusBadRequest, err
}

func encode(predictions []prediction, contentType string) []byte {
	if contentType == "application/json" {
		// Numbers and two labels can always be encoded.
		text, _ := json.Marshal(map[string][]prediction{"predictions": predictions})
		return text
	}
	var lines bytes.Buffer
	for _, one := range predictions {
		fmt.Fprintf(&lines, "%s,%.6f\n", one.Label, one.Probability)
	}
	return lines.Bytes()
}

// negotiate returns the content type of the response.
func negotiate(accept string) (string, bool) {
	var accepted []string
	for _, part := range strings.Split(accept, ",") {
		accepted = append(accepted, strings.ToLower(strings.TrimSpace(strings.Split(part, ";")[0])))
	}
	for _, offered := range []string{"application/json", "text/csv"} {
		anySubtype := strings.Split(offered, "/")[0] + "/*"
		for _, pattern := range []string{offered, anySubtype, "*/*", ""} {
			if slices.Contains(accepted, pattern) {
				return offered, true
			}
		}
	}
	return "", false
}
