# Durable writes of 1 KiB rows and the limits of the disk: a part of run.sh, which reads this file.
flushes() { # what the disk and the processor's cryptography can do
    local d=${DISK_DIR:-$W} k
    for k in 1024 4096 65536; do
        m "$B/fsync-bench" "$d/f" overwrite fdatasync "$k" limit-fdatasync-overwrite
        m "$B/fsync-bench" "$d/f" append fdatasync "$k" limit-fdatasync-append
    done
    m "$B/fsync-bench" "$d/f" append fsync 1024 limit-fsync-append
    local x
    for x in 64 1024 16384; do
        echo "# aes-128-gcm $x: $(on_client openssl speed -seconds 1 -bytes "$x" -evp aes-128-gcm 2>/dev/null | tail -1)" | tee -a "$B/results.log" >&2
    done
    echo "# p256: $(on_client openssl speed -seconds 1 ecdsap256 2>/dev/null | tail -1)" | tee -a "$B/results.log" >&2
}
# ---- durable writes: 1 KiB rows
sqlite() {
    built durable
    unset SRV_PIDS
    local g
    for g in 1 8 64 256; do
        rm -f "$W"/s.db*
        m "$B/sqlite-bench" "${DISK_DIR:-$W}/s.db" "$g" 1024 sqlite-wal-full
        rm -f "${DISK_DIR:-$W}"/s.db*
    done
}
pg() { (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups "$@"); }
pg_stop() { [ -n "${PGD:-}" ] && pg "$PGB/pg_ctl" -D "$PGD" -m immediate -w stop >/dev/null 2>&1 || true; PGD=; }
postgres() {
    local c i pid mb x
    PGB=$(dirname "$(dpkg -L postgresql-15 | grep '/bin/initdb$')")
    port
    PGD=$W/pg; mkdir -p "$PGD" "$W/pgl"; chown postgres: "$PGD" "$W/pgl"
    pg "$PGB/initdb" -D "$PGD" -A trust -U postgres >/dev/null
    taskset -c "$SRV_CPU" setpriv --reuid=postgres --regid=postgres --clear-groups bash -c \
        "cd / && $PGB/pg_ctl -D $PGD -w -l $PGD/log -o '-p $PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=$PGD -c synchronous_commit=on -c fsync=on -c max_connections=100 -c shared_buffers=256MB -c max_wal_size=4GB' start" >/dev/null
    local sql=$W/ins.sql psql="psql -h 127.0.0.1 -p $PORT -U postgres -qAt"
    echo "insert into t(body) values (repeat('x',1024));" >"$sql"; chmod 644 "$sql"
    $psql -c 'create table t(id bigserial primary key, body text not null)' postgres
    for c in 1 16 64; do
        for i in $(seq "$REPEAT"); do
            on_client "$PGB/pgbench" -n -M prepared -h 127.0.0.1 -p "$PORT" -U postgres -f "$sql" -c "$c" -j 1 -T "${WARM%.*}" postgres >/dev/null 2>&1
            rm -f "$W"/pgl/*
            on_client "$PGB/pgbench" -n -M prepared -h 127.0.0.1 -p "$PORT" -U postgres -f "$sql" -c "$c" -j 1 -T "${DUR%.*}" \
                -l --log-prefix="$W/pgl/l" postgres >"$W/pgb.out" 2>/dev/null &
            pid=$!
            sleep "$(awk "BEGIN{print $DUR/2}")"
            mb=$(for x in $(head -1 "$PGD/postmaster.pid") $(pgrep -P "$(head -1 "$PGD/postmaster.pid")"); do awk '/^Pss:/{print $2}' "/proc/$x/smaps_rollup" 2>/dev/null || true; done | awk '{s+=$1} END{printf "%.1f", s/1024}')
            wait $pid
            cat "$W"/pgl/l* | sort -n -k3,3 | awk -v pre="postgres-insert,none,$c,1,1024,$(awk '/^tps/{printf "%.0f",$3}' "$W/pgb.out")" -v mb="$mb" \
                '{v[NR]=$3} END{printf "%s,%.1f,%.1f,%s\n", pre, v[int(NR*.5)+1], v[int(NR*.99)+1], mb}' | emit
        done
    done
    pg_stop
}

