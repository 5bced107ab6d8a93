// Command latency_proxy stands between an HTTP/1.1 client and a server as a network would: every request waits, and may
// fail as it is told to. All requests are counted.
//
//	latency_proxy -target 127.0.0.1:7070 -delay 50ms
//
// It prints one line, {"proxy": "127.0.0.1:PORT", "control": "127.0.0.1:PORT"}, and ends when its standard input does.
// Of the control port:
//
//	GET /log        the requests so far, in the order of their arrival
//	DELETE /log     forgets them
//	PUT /delay      a duration, 50ms: of all requests that arrive from now on
//	PUT /faults     a list of faults (see fault.go), instead of those before
//	PUT /kept       sends on what was kept, and answers with the statuses of the server's answers
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	log.SetFlags(0)
	listen := flag.String("listen", "127.0.0.1:0", "where to take requests")
	target := flag.String("target", "", "the server they are for, HOST:PORT")
	delay := flag.Duration("delay", 50*time.Millisecond, "of each request")
	flag.Parse()
	if *target == "" {
		log.Fatal("-target: the server's HOST:PORT is missing")
	}
	relay := newRelay(*target, *delay)
	proxy, control := listener(*listen), listener("127.0.0.1:0")
	fmt.Printf("{\"proxy\": %q, \"control\": %q}\n", proxy.Addr(), control.Addr())
	go serve(proxy, relay)
	go serve(control, controlOf(relay))
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func listener(address string) net.Listener {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	return listener
}

func serve(listener net.Listener, handler http.Handler) {
	// Clients that go away are what is tested.
	server := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
	log.Fatal(server.Serve(listener))
}

func controlOf(relay *relay) http.Handler {
	control := http.NewServeMux()
	control.HandleFunc("/log", func(answer http.ResponseWriter, request *http.Request) {
		if request.Method == http.MethodDelete {
			relay.log.clear()
			return
		}
		_ = json.NewEncoder(answer).Encode(relay.log.requests())
	})
	control.HandleFunc("/delay", func(answer http.ResponseWriter, request *http.Request) {
		told, err := io.ReadAll(request.Body)
		if err == nil {
			var delay time.Duration
			if delay, err = time.ParseDuration(string(told)); err == nil {
				relay.setDelay(delay)
			}
		}
		refuse(answer, err)
	})
	control.HandleFunc("/faults", func(answer http.ResponseWriter, request *http.Request) {
		faults, err := readFaults(request.Body)
		if err == nil {
			relay.setFaults(faults)
		}
		refuse(answer, err)
	})
	control.HandleFunc("/kept", func(answer http.ResponseWriter, request *http.Request) {
		_ = json.NewEncoder(answer).Encode(relay.sendKept())
	})
	return control
}

func refuse(answer http.ResponseWriter, err error) {
	if err != nil {
		http.Error(answer, err.Error(), http.StatusBadRequest)
	}
}
