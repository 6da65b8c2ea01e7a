# nginx, driven by wrk: a part of run.sh, which reads this file.
# ---- nginx + wrk (HTTP/1.1 keep-alive has one request in flight per connection)
nginx_up() { # nginx_up PAYLOAD
    port
    mkdir -p "$W/ngx"
    cat >"$W/ngx/c" <<C
daemon off; worker_processes 1; pid $W/ngx/pid; error_log $W/ngx/err crit;
events { worker_connections 16384; }
http { access_log off; keepalive_requests 100000000; keepalive_timeout 600; client_body_temp_path $W/ngx/b; proxy_temp_path $W/ngx/p;
    fastcgi_temp_path $W/ngx/f; uwsgi_temp_path $W/ngx/u; scgi_temp_path $W/ngx/s;
    server { listen 127.0.0.1:$PORT ssl backlog=4096; ssl_protocols TLSv1.3; ssl_certificate $CERT; ssl_certificate_key $KEY;
        set \$b "$(head -c $(($1 > 64 ? $1 / 4 : 16)) /dev/zero | tr '\0' x)"; # one word of the file may have 4095 bytes
        location / { default_type text/plain; return 200 "\$b\$b\$b\$b"; } } }
C
    PATH=$PATH:/usr/sbin start nginx -c "$W/ngx/c" -e "$W/ngx/err"
    up "$PORT"
    export SRV_PIDS="$(pgrep -P "$LAST")"
}
nginx() {
    built common limits
    local p c i out c0 c1 t0 t1
    for p in $PAYLOADS; do
        nginx_up "$p"
        for c in 1 64 256 512; do
            on_client wrk -t1 -c"$c" -d"${WARM%.*}s" "https://127.0.0.1:$PORT/" >/dev/null
            for i in $(seq "$REPEAT"); do
                reset_peak
                c0=$(cpu_ticks); t0=$(date +%s%N)
                out=$(on_client wrk -t1 -c"$c" -d"${DUR%.*}s" --latency "https://127.0.0.1:$PORT/")
                c1=$(cpu_ticks); t1=$(date +%s%N)
                awk -v pre="nginx-wrk,tls,$c,1,$p" -v mb="$(peak_mb)" '
                    function us(s){ if(s~/us$/)return s+0; if(s~/ms$/)return (s+0)*1e3; return (s+0)*1e6 }
                    $1=="50%"{a=us($2)} $1=="99%"{b=us($2)} /^Requests\/sec/{r=$2}
                    END{printf "%s,%.0f,%.1f,%.1f,%s\n",pre,r,a,b,mb}' <<<"$out" | emit
                awk -v c=$((c1-c0)) -v t=$((t1-t0)) -v n="nginx-wrk tls ${c}x1 $p" -v r="$(awk '/^Requests\/sec/{print $2}' <<<"$out")" \
                    'BEGIN{printf "# cpu %s: server %.0f%% (%.2f us/call)\n", n, c*1e9/t, c*1e4/(r*t/1e9)}' | tee -a "$B/results.log" >&2
            done
        done
        stop
    done
}

