# Functions that quickstart and check share. Sourced, not run; expects to be in the repository's root.

export LC_ALL=C.UTF-8
JOBS=$(nproc)

say() { printf '%s\n' "$*"; }
fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# packages_of SECTION...: the packages of these sections of tools/packages.txt, one a line.
packages_of() {
  local wanted=" $* " section='' line word
  while read -r line; do
    case $line in
      '#'* | '') ;;
      '['*) section=${line//[\[\]]/} ;;
      *) [[ $wanted != *" $section "* ]] || for word in $line; do say "$word"; done ;;
    esac
  done <tools/packages.txt | sort -u
}

is_installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# install_packages SECTION...: installs through apt what is missing. Returns 1, having said why, if that fails.
install_packages() {
  local package missing=() as_root=()
  if ! command -v apt-get >/dev/null; then
    say "This system has no apt-get: going on with what is installed (tools/packages.txt lists what is needed)."
    return 0
  fi
  for package in $(packages_of "$@"); do is_installed "$package" || missing+=("$package"); done
  if ((${#missing[@]} == 0)); then
    say "Packages ($*): all installed."
    return 0
  fi
  say "Packages ($*): installing ${missing[*]}"
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      say "Installing needs root, and there is no sudo. As root, run: apt-get update && apt-get install ${missing[*]}"
      return 1
    fi
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get -qq update || say "apt-get update failed; trying with the package lists that are there."
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" \
    >build/apt.log 2>&1 </dev/null || {
    tail -n 15 build/apt.log
    say "Could not install: ${missing[*]}. Look at build/apt.log; then try again, or install them by hand."
    return 1
  }
}

# build PRESET [TARGET...]: configures and builds a preset of CMakePresets.json; PRESSMARK_CONFIGURE has further -D words.
build() {
  local preset=$1 targets=()
  shift
  (($# == 0)) || targets=(--target "$@")
  cmake --preset "$preset" -Wno-dev --log-level=WARNING ${PRESSMARK_CONFIGURE:-} >build/configure.log 2>&1 || {
    cat build/configure.log
    return 1
  }
  cmake --build --preset "$preset" -j "$JOBS" "${targets[@]}" -- --quiet
}
