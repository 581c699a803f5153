# A drive that does not answer: the kernel's own time-out ends the command (60 s for a read), and the rip goes on.
source "$(dirname "$0")"/lib.sh

make_image disc.iso 12
echo '{"disc": {"image": "disc.iso", "kind": "cd"}, "drive": {}, "faults": [{"fault": "hang", "when": {"lba": 3000}}]}' >hang.json
serve sim:hang.json
check "a read that is never answered does not end the rip" "$PRESSMARK" rip "$SR" -o hang
says "the time-out is the kernel's" 'host status 03' hang.log
check "the image is the disc" cmp hang.iso disc.iso
unserve
finish
