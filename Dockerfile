# docker build -t ratebench . && docker run --rm ratebench run scenarios/flaky.yaml
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/ratebench ./cmd/ratebench \
 && mkdir /out/results

# No shell and no root; static-debian12 brings the certificates that an S3 endpoint behind TLS needs.
FROM gcr.io/distroless/static-debian12:nonroot
WORKDIR /data
COPY --from=build /out/ratebench /usr/local/bin/ratebench
COPY --from=build /src/scenarios/*.yaml scenarios/
COPY --from=build --chown=nonroot:nonroot /out/results results/
VOLUME /data/results
ENTRYPOINT ["/usr/local/bin/ratebench"]
CMD ["--help"]
