package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand"
	"net/http"
	"regexp"
	"sync"
	"time"
)

// fault happens to the requests it fits. Of several that fit, the first one happens.
type fault struct {
	// status: the server is not asked. reset: the connection is. truncate: half of the body, then the connection ends.
	// hang: no answer until the client gives up. lose: the server is asked, and its answer is kept from the client.
	// delay: the answer comes seconds later. limit: 503 to what is more than a rate. hold: the server is asked once the
	// fault is taken away. gather: once so many are there at once, or after so many seconds; then the fault is over.
	// keep: the client's connection ends, and the server gets the request when it is told to (PUT /kept).
	Action   string  `json:"action"`
	Name     string  `json:"name"` // a fault of the list before that has it goes on; "": none does
	Status   int     `json:"status"`
	Body     *string `json:"body"`     // of a status' answer, as a proxy of no store would say it; else as S3 does
	Method   string  `json:"method"`   // "": any
	Path     string  `json:"path"`     // a regular expression that fits a part of it
	Query    string  `json:"query"`    // one that fits a part of what follows the path, as sent
	Range    string  `json:"range"`    // one that fits a part of this header
	Fraction float64 `json:"fraction"` // of what fits, chosen at random
	After    int     `json:"after"`    // so many are left alone first
	Times    int     `json:"times"`    // then never again; 0: for ever
	EachPath bool    `json:"each_path"`
	Seconds  float64 `json:"seconds"` // of a delay; at most, of a gathering
	Rate     float64 `json:"rate"`    // requests a second, of a limit; as many at once
	AtOnce   int     `json:"at_once"` // of a gathering

	mutex    sync.Mutex
	fits     map[string]*regexp.Regexp
	random   *rand.Rand
	fitted   map[string]int
	happened map[string]int
	tokens   float64
	last     time.Time
	kept     int
	over     chan struct{} // closed: what it keeps may go on
	isOver   bool
}

func readFaults(from io.Reader) ([]*fault, error) {
	var faults []*fault
	decoder := json.NewDecoder(from)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&faults); err != nil {
		return nil, err
	}
	for _, fault := range faults {
		switch fault.Action {
		case "status", "reset", "truncate", "hang", "lose", "delay", "limit", "hold", "gather", "keep":
		default:
			return nil, fmt.Errorf("action: %q is none of status, reset, truncate, hang, lose, delay, limit, hold, gather, keep",
				fault.Action)
		}
		if fault.Action == "gather" && fault.AtOnce <= 0 {
			return nil, fmt.Errorf("at_once: a gathering has one above 0")
		}
		if fault.Action == "limit" && fault.Rate <= 0 {
			return nil, fmt.Errorf("rate: a limit has one above 0")
		}
		if fault.Action == "status" && (fault.Status < 200 || fault.Status > 599) {
			return nil, fmt.Errorf("status: %d is not one of 200 to 599", fault.Status)
		}
		fault.fits = map[string]*regexp.Regexp{}
		for part, text := range map[string]string{"path": fault.Path, "query": fault.Query, "range": fault.Range} {
			var err error
			if fault.fits[part], err = regexp.Compile(text); err != nil {
				return nil, err
			}
		}
		fault.random = rand.New(rand.NewSource(1))
		fault.fitted, fault.happened = map[string]int{}, map[string]int{}
		fault.over = make(chan struct{})
		fault.tokens, fault.last = fault.Rate, time.Now()
	}
	return faults, nil
}

// happens says whether the fault strikes this request, and counts it if so.
func (fault *fault) happens(request *http.Request) bool {
	if fault.Method != "" && fault.Method != request.Method || !fault.fits["path"].MatchString(request.URL.Path) ||
		!fault.fits["query"].MatchString(request.URL.RawQuery) || !fault.fits["range"].MatchString(request.Header.Get("Range")) {
		return false
	}
	fault.mutex.Lock()
	defer fault.mutex.Unlock()
	if fault.isOver || fault.Action == "limit" && fault.bears() {
		return false
	}
	if fault.random.Float64() >= fault.Fraction {
		return false
	}
	counted := ""
	if fault.EachPath {
		counted = request.URL.Path
	}
	fault.fitted[counted]++
	if fault.fitted[counted] <= fault.After || fault.Times > 0 && fault.happened[counted] >= fault.Times {
		return false
	}
	fault.happened[counted]++
	return true
}

// end lets go what the fault keeps.
func (fault *fault) end() {
	fault.mutex.Lock()
	defer fault.mutex.Unlock()
	fault.endLocked()
}

func (fault *fault) endLocked() {
	if !fault.isOver {
		fault.isOver = true
		close(fault.over)
	}
}

// keep returns when the request may go on; false where its client has given it up.
func (fault *fault) keep(request *http.Request) bool {
	fault.count(1)
	defer fault.count(-1)
	var tooLong <-chan time.Time
	if fault.Action == "gather" {
		tooLong = time.After(time.Duration(fault.Seconds * float64(time.Second)))
	}
	select {
	case <-fault.over:
	case <-tooLong:
		fault.end()
	case <-request.Context().Done():
		return false
	}
	return true
}

// count knows how many requests are kept.
func (fault *fault) count(change int) {
	fault.mutex.Lock()
	defer fault.mutex.Unlock()
	fault.kept += change
	if fault.Action == "gather" && fault.kept >= fault.AtOnce {
		fault.endLocked()
	}
}

// bears says whether a request is within the rate: a bucket of tokens that holds a second's.
func (fault *fault) bears() bool {
	now := time.Now()
	fault.tokens = math.Min(fault.Rate, fault.tokens+now.Sub(fault.last).Seconds()*fault.Rate)
	fault.last = now
	if fault.tokens < 1 {
		return false
	}
	fault.tokens--
	return true
}

// S3's name of what a status says.
var codes = map[int]string{403: "AccessDenied", 404: "NoSuchKey", 500: "InternalError", 503: "SlowDown"}

func answerStatus(answer http.ResponseWriter, status int, body *string) {
	if status == http.StatusNoContent || status == http.StatusNotModified {
		answer.WriteHeader(status)
		return
	}
	if body != nil {
		answer.Header().Set("Content-Type", "text/html")
		answer.WriteHeader(status)
		fmt.Fprint(answer, *body)
		return
	}
	code, known := codes[status]
	if !known {
		code = http.StatusText(status)
	}
	answer.Header().Set("Content-Type", "application/xml")
	answer.WriteHeader(status)
	fmt.Fprintf(answer, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>%s</Code><Message>%s</Message></Error>",
		code, http.StatusText(status))
}

func resetConnection(answer http.ResponseWriter) {
	connection, _, err := answer.(http.Hijacker).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := connection.(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}
