/* What SQLite alone can do with the rows of a submit: no network, no module, no checks, no hash chain.
 *
 * Usage: limit-submit DATABASE SCHEMA.sql ROWS.tsv GROUP SECONDS
 *   SCHEMA.sql  the hub's own tables and indexes, as they stand in its ledger
 *   ROWS.tsv    the rows of one submit: what ledger_shape.py measured in a ledger that the hub wrote.
 *               Lines "table<TAB>rows<TAB>column=kind:size …"; rows may be a fraction, sizes are bytes.
 *   GROUP       submits in one transaction
 * WAL, synchronous=FULL; checkpoints on a connection of their own, as in the hub. One JSON line on standard output.
 */
#include "measure.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

enum { TABLES_MAX = 16, COLUMNS_MAX = 24, VALUE_MAX = 1 << 16, CHECKPOINT_PAGES = 2000 };

enum kind { GROWING_BLOB, RANDOM_BLOB, GROWING_TEXT, RANDOM_TEXT, FIXED_TEXT, GROWING_INTEGER, FIXED_INTEGER, NOTHING };
static const char *const kind_names[] = {
    "growing-blob", "random-blob", "growing-text", "random-text", "fixed-text", "growing-integer", "fixed-integer",
    "null",
};

struct column {
    enum kind kind;
    int size;
};
struct table {
    double rows; /* per submit */
    double due;  /* rows not written yet, below 1 */
    int columns;
    struct column column[COLUMNS_MAX];
    sqlite3_stmt *insert;
};

static sqlite3 *db;
static uint64_t seed = 0x9e3779b97f4a7c15u, counter;
static _Atomic int log_pages;
static _Atomic int finished;

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "limit-submit: %s: %s\n", what, db ? sqlite3_errmsg(db) : "");
    exit(1);
}

static void run(const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) fail(sql);
}

static void step(sqlite3_stmt *statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) fail(sqlite3_sql(statement));
    sqlite3_reset(statement);
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) fail(sql);
    return statement;
}

static uint64_t next_random(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static char *read_file(const char *path) {
    FILE *file = fopen(path, "r");
    char *text = calloc(1, VALUE_MAX + 1);
    if (file == NULL || text == NULL) fail(path);
    if (fread(text, 1, VALUE_MAX, file) == VALUE_MAX) fail("file is too long");
    fclose(file);
    return text;
}

/* One line of ROWS.tsv becomes a prepared INSERT. */
static void read_table(char *line, struct table *table) {
    char sql[2048], places[2 * COLUMNS_MAX + 1] = "", *save = NULL;
    char *name = strtok_r(line, "\t ", &save), *rows = strtok_r(NULL, "\t ", &save);
    if (name == NULL || rows == NULL) fail("a line of the rows' file");
    table->rows = strtod(rows, NULL);
    int used = snprintf(sql, sizeof sql, "INSERT INTO %s (", name);
    for (char *part; (part = strtok_r(NULL, "\t ", &save)) != NULL; table->columns++) {
        char *equals = strchr(part, '='), *colon = equals ? strchr(equals, ':') : NULL;
        if (colon == NULL || table->columns == COLUMNS_MAX) fail("a column of the rows' file");
        *equals = *colon = '\0';
        struct column *column = &table->column[table->columns];
        column->size = atoi(colon + 1);
        if (column->size < 0 || column->size > VALUE_MAX) fail("a size of the rows' file");
        column->kind = NOTHING;
        for (size_t i = 0; i < sizeof kind_names / sizeof *kind_names; i++)
            if (strcmp(kind_names[i], equals + 1) == 0) column->kind = (enum kind)i;
        used += snprintf(sql + used, sizeof sql - (size_t)used, "%s%s", table->columns ? ", " : "", part);
        strcat(places, table->columns ? ",?" : "?");
    }
    snprintf(sql + used, sizeof sql - (size_t)used, ") VALUES (%s)", places);
    table->insert = prepare(sql);
}

/* Fills `size` bytes so that every value is new; growing ones sort behind all before them. */
static void fill(char *bytes, int size, enum kind kind) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
    int text = kind == GROWING_TEXT || kind == RANDOM_TEXT || kind == FIXED_TEXT;
    int growing = kind == GROWING_BLOB || kind == GROWING_TEXT;
    for (int i = 0; i < size; i++) {
        uint64_t r = kind == FIXED_TEXT ? (uint64_t)i : next_random();
        bytes[i] = text ? letters[r & 31] : (char)r;
    }
    if (!growing) return;
    if (text) {
        char digits[32];
        snprintf(digits, sizeof digits, "%012llu", (unsigned long long)counter);
        memcpy(bytes, digits, size < 12 ? (size_t)size : 12);
    } else {
        for (int i = 0; i < 8 && i < size; i++) bytes[i] = (char)(counter >> (56 - 8 * i));
    }
}

static void bind(sqlite3_stmt *insert, int position, const struct column *column) {
    static char bytes[VALUE_MAX];
    int failed;
    switch (column->kind) {
    case NOTHING: failed = sqlite3_bind_null(insert, position); break;
    case GROWING_INTEGER: /* six bytes in a row, like a time */
        failed = sqlite3_bind_int64(insert, position, (sqlite3_int64)(1ull << 40 | counter));
        break;
    case FIXED_INTEGER: failed = sqlite3_bind_int64(insert, position, column->size); break;
    default:
        fill(bytes, column->size, column->kind);
        failed = column->kind == GROWING_BLOB || column->kind == RANDOM_BLOB
            ? sqlite3_bind_blob(insert, position, bytes, column->size, SQLITE_TRANSIENT)
            : sqlite3_bind_text(insert, position, bytes, column->size, SQLITE_TRANSIENT);
    }
    if (failed) fail("bind");
}

static void submit(struct table *tables, int count) {
    for (int t = 0; t < count; t++) {
        struct table *table = &tables[t];
        for (table->due += table->rows; table->due >= 1; table->due -= 1) {
            counter++;
            for (int i = 0; i < table->columns; i++) bind(table->insert, i + 1, &table->column[i]);
            step(table->insert);
        }
    }
}

static int committed(void *context, sqlite3 *connection, const char *name, int pages) {
    (void)context, (void)connection, (void)name;
    atomic_store(&log_pages, pages);
    return SQLITE_OK;
}

/* Moves the log into the database beside the writer. */
static void *checkpoint(void *path) {
    sqlite3 *own = NULL;
    if (sqlite3_open(path, &own) != SQLITE_OK) fail(path);
    sqlite3_exec(own, "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0", NULL, NULL, NULL);
    int done = 0;
    while (!atomic_load(&finished)) {
        int pages = atomic_load(&log_pages), moved = 0;
        if (pages < done) done = 0;
        if (pages - done < CHECKPOINT_PAGES) {
            nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
        } else if (sqlite3_wal_checkpoint_v2(own, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, &moved) == SQLITE_OK) {
            done = moved;
        }
    }
    sqlite3_close(own);
    return NULL;
}

int main(int argc, char **argv) {
    if (argc != 6) {
        fputs("usage: limit-submit DATABASE SCHEMA.sql ROWS.tsv GROUP SECONDS\n", stderr);
        return 64;
    }
    int group = atoi(argv[4]), count = 0;
    double seconds = strtod(argv[5], NULL);
    if (group < 1 || seconds <= 0) return 64;
    if (sqlite3_open(argv[1], &db) != SQLITE_OK) fail(argv[1]);
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=0");
    run(read_file(argv[2]));
    static struct table tables[TABLES_MAX];
    char *save = NULL;
    for (char *line = strtok_r(read_file(argv[3]), "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
        if (count == TABLES_MAX) fail("too many tables");
        read_table(line, &tables[count++]);
    }
    sqlite3_stmt *begin = prepare("BEGIN IMMEDIATE"), *commit = prepare("COMMIT");
    sqlite3_stmt *head = prepare("UPDATE log_head SET sequence = sequence + 1, chain = randomblob(32) WHERE one = 1");
    sqlite3_wal_hook(db, committed, NULL);
    pthread_t thread;
    if (pthread_create(&thread, NULL, checkpoint, argv[1]) != 0) fail("thread");

    struct measure m;
    measure_begin(&m, 0.5, seconds);
    while (measure_continues(&m)) {
        uint64_t began = measure_now();
        step(begin);
        for (int i = 0; i < group; i++) submit(tables, count);
        step(head);
        step(commit);
        measure_record(&m, measure_now() - began, (uint64_t)group);
    }
    measure_report(&m, "limit-submit", group, "");
    atomic_store(&finished, 1);
    pthread_join(thread, NULL);
    return 0;
}
