// The inference server, which SageMaker starts with `docker run IMAGE serve`: /ping and /invocations with the model in /opt/ml/model.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"algorithm/algorithm"
)

func main() {
	stop, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	model, err := algorithm.Load("/opt/ml/model")
	if err != nil {
		// The container runs, but /ping reports that it is not healthy.
		log.Printf("no model: %v", err)
		model = nil
	}
	port := os.Getenv("SAGEMAKER_BIND_TO_PORT")
	if port == "" {
		port = "8080"
	}
	server := &http.Server{Addr: ":" + port, Handler: routes(model)}

	stopped := make(chan error)
	go func() {
		<-stop.Done()
		// SageMaker kills the container 30 seconds after SIGTERM. Requests in progress are completed.
		limited, cancel := context.WithTimeout(context.Background(), 25*time.Second)
		defer cancel()
		stopped <- server.Shutdown(limited)
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	if err := <-stopped; err != nil {
		log.Fatal(err)
	}
}

func routes(model *algorithm.Model) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/ping", func(response http.ResponseWriter, _ *http.Request) {
		if model == nil {
			response.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("POST /invocations", func(response http.ResponseWriter, request *http.Request) {
		if model == nil {
			http.Error(response, "no model is loaded", http.StatusServiceUnavailable)
			return
		}
		invoke(model, response, request)
	})
	return mux
}
