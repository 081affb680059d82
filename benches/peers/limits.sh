#!/bin/bash
# What this machine can do at most: a cold file read in sequence, buffered (its pages dropped first) and O_DIRECT, then limits.c.
# usage: limits.sh [BIGFILE]
CODE=$(cd "$(dirname "$0")" && pwd)
HOME_OF_PEERS=${PEERS_HOME:-$CODE/../../target/peers}
mkdir -p "$HOME_OF_PEERS"
[ "$HOME_OF_PEERS/limits" -nt "$CODE/limits.c" ] || gcc -O3 -march=native -pthread -o "$HOME_OF_PEERS/limits" "$CODE/limits.c"
F=${1:-$(ls -S "$HOME_OF_PEERS"/stores/*/duckdb/peer.duckdb | head -1)}
dd if="$F" iflag=nocache count=0 2>/dev/null; sync
echo "cold buffered:"; dd if="$F" of=/dev/null bs=4M count=500 2>&1 | tail -1
dd if="$F" iflag=nocache count=0 2>/dev/null
echo "O_DIRECT 4M:"; dd if="$F" of=/dev/null bs=4M count=500 iflag=direct 2>&1 | tail -1
"$HOME_OF_PEERS/limits"
