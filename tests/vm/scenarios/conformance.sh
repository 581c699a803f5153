# Every transport that reaches a real device node passes the same suite as the simulated drive.
source "$(dirname "$0")"/lib.sh

echo '{"disc": {"kind": "cd", "sectors": 1000}, "drive": {}}' >ready.json
for transport in linux_sg:SR linux_sg:SG libcdio:SR; do
  serve sim:ready.json
  node=${transport#*:}
  device=${transport%:*}:${!node}
  check "conformance of $device" "$TESTS"/conformance/pressmark_conformance --gtest_brief=1 --device "$device"
  unserve
done
finish
