#!/bin/sh
# Usage: run.sh ROSTRUM FOLDER PICTURE [HEYGEN], as root of namespaces of its own (unshare --net --mount). FOLDER has what
# `rostrum certificate` made in `tls`, and takes the data.
set -eu
here=$(dirname "$0")
rostrum=$1
folder=$2
picture=$3
heygen=${4:-}

# The loopback interface is down in a new namespace: SIOCSIFFLAGS (0x8914) with IFF_UP, by python3, which every machine of the
# tests has.
python3 -c 'import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh14x", b"lo", 1))'
printf '127.0.0.1 localhost api.heygen.com upload.heygen.com\n' >"$folder/hosts"
mount --bind "$folder/hosts" /etc/hosts

key=$("$rostrum" keys create --label drop-in --data-dir "$folder/data" | tail -1)
ROSTRUM_TLS_CERTIFICATE=$folder/tls/certificate.pem ROSTRUM_TLS_KEY=$folder/tls/key.pem \
    "$rostrum" serve --data-dir "$folder/data" --listen 127.0.0.1:443 >"$folder/log" 2>&1 &
server=$!
trap 'kill $server; wait $server || true' EXIT

authority=$folder/tls/authority.pem
export CURL_CA_BUNDLE="$authority" SSL_CERT_FILE="$authority" NODE_EXTRA_CA_CERTS="$authority"
for _ in $(seq 300); do
    curl --silent --fail --output /dev/null https://api.heygen.com/ready && break
    sleep 0.1
done

uploaded=$(curl --silent --fail --header "X-Api-Key: $key" --header 'Content-Type: image/png' --data-binary "@$picture" \
    https://upload.heygen.com/v1/asset)
url=$(printf '%s' "$uploaded" | jq --raw-output .data.url)
case $url in
https://upload.heygen.com/*) ;;
*)
    echo "the URL of the upload is $url"
    exit 1
    ;;
esac
curl --silent --fail --output "$folder/downloaded" "$url"
cmp "$picture" "$folder/downloaded"
echo "curl: uploaded to and downloaded from $url"

# Whoever does not trust the authority sends nothing.
if CURL_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt curl --silent --output /dev/null https://api.heygen.com/ready; then
    echo "curl trusts anybody"
    exit 1
fi

python3 "$here/client.py" "$key"
node "$here/client.mjs" "$key"
if [ -n "$heygen" ]; then
    HEYGEN_API_KEY=$key "$heygen" voice list --limit 1 >/dev/null
    echo "heygen: listed voices"
fi
