go test -count=1 .
