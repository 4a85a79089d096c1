#!/usr/bin/env bash
# Install the Debian packages that are useful here: bubblewrap contains generated code. Without it the program
# still runs, on the layers that the kernel offers; `eureka-agent doctor` says which those are.
set -u
packages=(bubblewrap)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
command -v apt-get >/dev/null || { echo "Please install: ${missing[*]}"; exit 0; }
sudo=()
if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || { echo "Please install: sudo apt-get install ${missing[*]}"; exit 0; }
    sudo=(sudo -n)
fi
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get install -y -qq "${missing[@]}" >/dev/null 2>&1 ||
    { "${sudo[@]}" apt-get update -qq && "${sudo[@]}" apt-get install -y -qq "${missing[@]}" >/dev/null; } ||
    echo "Could not install ${missing[*]}; generated code will be contained by fewer layers."
exit 0
