# To be read by scripts that need a server, with `.`: bash, in the repository's folder.
# shellcheck shell=bash

# serve DIR [FLAG...]: starts bin/appgrant on a free port, with its data, its log and all else
# of it in DIR. Its process is in $server, its address in $endpoint.
serve() {
	local dir=$1
	shift
	: >"$dir/url"
	bin/appgrant serve --listen 127.0.0.1:0 --data-dir "$dir" "$@" >"$dir/url" 2>"$dir/log" &
	server=$!
	for _ in $(seq 100); do
		grep -q listening "$dir/url" && break
		kill -0 "$server" 2>/dev/null || { cat "$dir/log"; return 1; }
		sleep 0.1
	done
	# shellcheck disable=SC2034 # it is for who reads this
	endpoint=$(sed -n 's/.*listening on //p' "$dir/url")
}
