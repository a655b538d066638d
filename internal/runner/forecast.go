package runner

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/ratebench/ratebench/internal/record"
)

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// clientForecast asks on behalf of one client: limits may be kept for each.
type clientForecast struct {
	of       Forecaster
	client   int
	identify func(*http.Request) (op string, object, part int)
	offset   func(object, part int) time.Duration
}

func (f clientForecast) Forecast(now time.Time, r *http.Request) (time.Duration, http.Header) {
	asked := *r
	asked.Header = r.Header.Clone()
	if asked.Header == nil {
		asked.Header = http.Header{}
	}
	asked.Header.Set(record.AttemptHeader, strconv.Itoa(f.client)+"-0")
	wait, header := f.of.Forecast(now, &asked)
	if wait > 0 && len(header) == 0 {
		// Everybody will ask again when the trouble ends, in the same instant of virtual time, and who asks first gets the token.
		_, object, part := f.identify(r)
		wait += f.offset(object, part)
	}
	return wait, header
}
