#!/usr/bin/env bash
# Install the Debian packages that are useful here. bubblewrap contains generated code: without it the program
# still runs, on the layers that the kernel offers; `eureka-agent doctor` says which those are. The others let
# MuJoCo render without a screen (`eureka-agent film`, and the film that a run leaves); nothing else needs them.
set -u
export DEBIAN_FRONTEND=noninteractive

install() { # what happens without them, then their names
    local without=$1 missing=() sudo=()
    shift
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    command -v apt-get >/dev/null || { echo "Please install: ${missing[*]}"; return; }
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || { echo "Please install: sudo apt-get install ${missing[*]}"; return; }
        sudo=(sudo -n)
    fi
    "${sudo[@]}" apt-get install -y -qq "${missing[@]}" >/dev/null 2>&1 ||
        { "${sudo[@]}" apt-get update -qq && "${sudo[@]}" apt-get install -y -qq "${missing[@]}" >/dev/null; } ||
        echo "Could not install ${missing[*]}; $without."
}

install "generated code will be contained by fewer layers" bubblewrap
install "MuJoCo tasks cannot be filmed" libegl1 libegl-mesa0 libgl1-mesa-dri
exit 0
