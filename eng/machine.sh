# shellcheck shell=bash
# What the machine has, and installing what it lacks. Sourced by ./miner and ./test in the repository root.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false

say() { printf '%s\n' "$*" >&2; }

has() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root; fails where that would need a password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; elif has sudo && sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

# Installs Debian packages; says what to run where it may not.
install_packages() {
  local log=artifacts/apt.log
  mkdir -p artifacts
  if ! has apt-get || ! as_root true; then
    say "missing: $*. Install them as root:  apt-get install $*"
    return 1
  fi
  say "installing $* …"
  { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >"$log" 2>&1 && return
  say "installing $* failed; the end of $log:"
  tail -5 "$log" >&2
  return 1
}

# need <command> <package>...: installs the packages when the command is absent.
need() {
  local command=$1
  shift
  has "$command" || install_packages "$@"
}

# Puts an SDK of .NET 10 on the path.
need_dotnet() {
  if [ -x artifacts/dotnet/dotnet ]; then
    export DOTNET_ROOT=$PWD/artifacts/dotnet PATH=$PWD/artifacts/dotnet:$PATH
  fi
  has_sdk && return
  if has apt-cache && [ -n "$(apt-cache policy dotnet-sdk-10.0 2>/dev/null | sed -n 's/.*Candidate: \([^(].*\)/\1/p')" ]; then
    install_packages dotnet-sdk-10.0 && has_sdk && return
  fi
  # The runtime's own needs, which minimal images lack: certificates, and ICU is not needed (invariant globalization).
  { has curl && [ -e /etc/ssl/certs/ca-certificates.crt ]; } || install_packages curl ca-certificates || return 1
  say "installing the .NET SDK 10 into artifacts/dotnet …"
  mkdir -p artifacts
  if curl -fsSL https://dot.net/v1/dotnet-install.sh -o artifacts/dotnet-install.sh \
    && bash artifacts/dotnet-install.sh --channel 10.0 --install-dir artifacts/dotnet >artifacts/dotnet-install.log 2>&1; then
    export DOTNET_ROOT=$PWD/artifacts/dotnet PATH=$PWD/artifacts/dotnet:$PATH
    has_sdk && return
  fi
  say "The .NET SDK 10 is missing and could not be installed. Install package dotnet-sdk-10.0, or see https://dot.net/download"
  return 1
}

has_sdk() { has dotnet && dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; }

# What Native AOT links with.
need_linker() {
  { has clang || has gcc; } && [ -e /usr/include/zlib.h ] && return
  install_packages clang zlib1g-dev
}

# hashcat computes on a CPU through the OpenCL loader and a driver that is registered with it.
has_opencl_cpu() {
  [ -e /etc/OpenCL/vendors/pocl.icd ] && ldconfig -p | grep -q 'libOpenCL\.so'
}

# The pid file first: asking the daemon takes a tenth of a second, and a start with nothing to do shall not.
docker_runs() {
  [ -n "${DOCKER_HOST-}" ] && return
  [ -S /var/run/docker.sock ] || return
  [ -d "/proc/$(cat /var/run/docker.pid 2>/dev/null || echo none)" ] || { has docker && docker version >/dev/null 2>&1; }
}

# Docker Engine, and mmdebstrap for the base image where no registry can be reached. Sets started_dockerd to its process id
# when this started it. The program itself says what is wrong with a Docker that it cannot use.
need_docker() {
  started_dockerd=
  has mmdebstrap || install_packages mmdebstrap || true
  docker_runs && return
  has dockerd || install_packages docker.io iptables || return 1
  docker_runs && return
  if [ -d /run/systemd/system ]; then
    as_root systemctl start docker && return
  elif [ "$(id -u)" -eq 0 ]; then
    start_dockerd && return
  fi
  say "Docker is installed but not running. Start it as root:  systemctl start docker  (or: dockerd &)"
  return 1
}

start_dockerd() {
  local log=/var/log/dockerd.log
  say "starting dockerd (log: $log) …"
  # A dockerd that was killed leaves its pid file behind and would refuse to start.
  rm -f /var/run/docker.pid
  setsid dockerd >>"$log" 2>&1 </dev/null &
  started_dockerd=$!
  for _ in $(seq 60); do
    docker version >/dev/null 2>&1 && return
    kill -0 "$started_dockerd" 2>/dev/null || break
    sleep 0.5
  done
  say "dockerd did not start; the end of $log:"
  tail -5 "$log" >&2
  return 1
}
