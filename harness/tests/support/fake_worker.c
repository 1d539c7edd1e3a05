#include "tests/support/fake_worker.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "measure/wire.h"
#include "measure/worker_exit.h"
#include "run/keeper.h"
#include "tests/support/puppet.h"

static const char program_name[] = "program", worker_name[] = "membench-worker";

/* ---- the words of a worker ---- */

struct play {
    int wire;
    const char *library;
    bool is_mute; /* its malloc has no text of its own */
};

__attribute__((noreturn)) static void leave(int status)
{
    fflush(NULL);
    _exit(status);
}

static void say(const struct play *play, const struct wire_message *message)
{
    if (wire_send(play->wire, message)) {
        leave(WORKER_EXIT_WIRE_LOST);
    }
}

static void say_hello(const struct play *play)
{
    struct wire_message message = {.kind = WIRE_HELLO};
    message.hello.proved = 1;
    text_place(message.hello.family, sizeof message.hello.family, "glibc");
    text_place(message.hello.version, sizeof message.hello.version, "fake");
    say(play, &message);
}

static void say_phase(const struct play *play, const char *name)
{
    struct wire_message message = {.kind = WIRE_PHASE, .phase.cycle = 1};
    text_place(message.phase.name, sizeof message.phase.name, name);
    say(play, &message);
}

static void say_counts(const struct play *play)
{
    say(play, &(struct wire_message){.kind = WIRE_COUNTS,
                                     .counts = {.allocated_blocks = -1,
                                                .tracked_objects = 7,
                                                .garbage_objects = 0,
                                                .collected_objects = 3,
                                                .account = {-1, -1, -1, -1, -1, -1}}});
}

static void say_dumped(const struct play *play)
{
    static const char *text = "MALLOC: 32 MiB, all of them fake\n";
    if (!play->is_mute) {
        (void)!write(KEEPER_STACKS, text, strlen(text));
        text = "MALLOC: 0 MiB\n"; /* the next one */
    }
    say(play, &(struct wire_message){.kind = WIRE_DUMPED});
}

static void stand_still(const struct play *play, const char *name)
{
    say_phase(play, name);
    struct wire_message message;
    while (wire_receive(play->wire, &message) == 1) {
        if (message.kind == WIRE_GO) {
            return;
        }
        if (message.kind == WIRE_DUMP) {
            say_dumped(play);
        } else {
            say_counts(play);
        }
    }
    leave(WORKER_EXIT_WIRE_LOST);
}

static void begin(const struct play *play)
{
    say_hello(play);
    stand_still(play, "start");
}

static void finish(const struct play *play)
{
    stand_still(play, "end");
    say(play, &(struct wire_message){.kind = WIRE_DONE});
}

__attribute__((noreturn)) static void wait_for_ever(void)
{
    for (;;) {
        pause();
    }
}

/* ---- the parts ---- */

static void obeys(const struct play *play)
{
    begin(play);
    void *load = puppet_touch(FAKE_WORKER_LOAD);
    stand_still(play, "loaded");
    munmap(load, FAKE_WORKER_LOAD);
    finish(play);
}

static void is_mute(const struct play *play)
{
    struct play mute = *play;
    mute.is_mute = true;
    obeys(&mute);
}

static void releases(const struct play *play)
{
    begin(play);
    stand_still(play, "end");
    stand_still(play, "released");
    say(play, &(struct wire_message){.kind = WIRE_DONE});
}

static void crashes(const struct play *play)
{
    begin(play);
    signal(SIGSEGV, SIG_DFL); /* a sanitizer would make an exit of it */
    raise(SIGSEGV);
}

static void crashes_after_done(const struct play *play)
{
    begin(play);
    finish(play);
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
}

static void dump_stacks(int number)
{
    static const char dump[] = "Thread 0x1:\n  File \"fake.py\", line 3 in wait\n";
    (void)number;
    (void)!write(KEEPER_STACKS, dump, sizeof dump - 1);
}

static void hangs(const struct play *play)
{
    signal(WORKER_DUMP_SIGNAL, dump_stacks);
    begin(play);
    signal(SIGTERM, SIG_IGN);
    prctl(PR_SET_NAME, "hanging");
    wait_for_ever();
}

static void babbles(const struct play *play)
{
    begin(play);
    send(play->wire, "GET / HTTP/1.1\r\n", 16, MSG_NOSIGNAL);
    wait_for_ever();
}

static void skips_hello(const struct play *play)
{
    stand_still(play, "start");
    wait_for_ever();
}

static void invents_phase(const struct play *play)
{
    begin(play);
    stand_still(play, "../../etc");
    wait_for_ever();
}

static void does_not_terminate(const struct play *play)
{
    struct wire_message message;
    memset(&message, 'x', sizeof message);
    message.kind = WIRE_HELLO;
    message.hello.proved = 1;
    say(play, &message);
    stand_still(play, "start");
    memset(&message, 'x', sizeof message);
    message.kind = WIRE_FAILURE;
    message.failure.outcome = 12345;
    say(play, &message);
}

static void is_another_malloc(const struct play *play)
{
    struct wire_message message = {.kind = WIRE_HELLO};
    text_place(message.hello.doubt, sizeof message.hello.doubt, "free is glibc's");
    say(play, &message);
    leave(WORKER_EXIT_NOT_PROVED);
}

static void says_done_only(const struct play *play)
{
    say(play, &(struct wire_message){.kind = WIRE_DONE});
}

static void fails(const struct play *play)
{
    begin(play);
    struct wire_message message = {.kind = WIRE_FAILURE, .failure.outcome = OUTCOME_WORKLOAD_ERROR};
    text_place(message.failure.summary, sizeof message.failure.summary, "ValueError: \033[31mred");
    text_place(message.failure.hint, sizeof message.failure.hint, "mend it");
    text_place(message.failure.traceback, sizeof message.failure.traceback,
               "Traceback\n  line 1\n");
    say(play, &message);
    leave(1);
}

static void leaves_at_once(const struct play *play)
{
    (void)play;
    leave(7);
}

static void leaves_early(const struct play *play)
{
    begin(play);
    leave(9);
}

static void loses_wire(const struct play *play)
{
    begin(play);
    leave(WORKER_EXIT_WIRE_LOST);
}

/* 6000 lines of 32 bytes: three times what is kept. */
static void prints(const struct play *play)
{
    begin(play);
    for (int i = 1; i <= 6000; i++) {
        printf("line %4d of the output of it%s\n", i, i == 6000 ? "!" : ".");
    }
    fflush(stdout);
    fprintf(stderr, "and an error\n");
    finish(play);
}

static void leaves_children(const struct play *play)
{
    begin(play);
    for (int i = 0; i < 5; i++) {
        if (fork() == 0) {
            setsid();
            signal(SIGTERM, SIG_IGN);
            wait_for_ever();
        }
    }
    finish(play);
}

static void grows(const struct play *play)
{
    begin(play);
    for (;;) {
        puppet_touch(8 << 20);
        usleep(1000);
    }
}

static void ends_at_interrupt(const struct play *play)
{
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, NULL);
    begin(play);
    int number;
    sigwait(&interrupt, &number);
    finish(play);
}

static const struct {
    const char *name;
    void (*act)(const struct play *play);
} parts[] = {
    {"obeys", obeys},
    {"is-mute", is_mute},
    {"releases", releases},
    {"crashes", crashes},
    {"crashes-after-done", crashes_after_done},
    {"hangs", hangs},
    {"babbles", babbles},
    {"skips-hello", skips_hello},
    {"invents-phase", invents_phase},
    {"does-not-terminate", does_not_terminate},
    {"is-another-malloc", is_another_malloc},
    {"says-done-only", says_done_only},
    {"fails", fails},
    {"leaves-at-once", leaves_at_once},
    {"leaves-early", leaves_early},
    {"loses-wire", loses_wire},
    {"prints", prints},
    {"leaves-children", leaves_children},
    {"grows", grows},
    {"ends-at-interrupt", ends_at_interrupt},
};

/* ---- the questions before a trial ---- */

static int describe(const char *path)
{
    static char text[65536];
    ssize_t length = file_read_at(AT_FDCWD, path, text, sizeof text);
    if (length < 0) {
        perror(path);
        return 1;
    }
    fputs(text, stdout);
    fputs(text, stderr);
    return 0;
}

/* ld.so only warns about a library that is missing, and the program runs on glibc. */
static bool is_missing(const char *family)
{
    struct error err;
    cleanup_free char *directory = file_program_directory(&err);
    cleanup_free char *path = text_format("%s/without-%s", directory, family);
    return access(path, F_OK) == 0;
}

/* "libtcmalloc.so.4" is of the family "tcmalloc". */
static void name_family(struct wire_hello *hello, const char *preload)
{
    static const char *const families[] = {"tcmalloc", "jemalloc", "mimalloc", "tbbmalloc",
                                           "scudo"};
    text_place(hello->family, sizeof hello->family, "glibc");
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        if (strstr(preload, families[i]) && !is_missing(families[i])) {
            text_place(hello->family, sizeof hello->family, families[i]);
        }
    }
}

static int prove(const struct play *play)
{
    const char *silence = getenv("FAKE_SILENCE"), *doubt = getenv("FAKE_DOUBT");
    const char *preload = getenv("LD_PRELOAD"), *says = getenv("FAKE_SAYS");
    fputs(says ? says : "", stderr);
    if (silence) {
        fprintf(stderr, "%s\nand more\n", silence);
        return 127;
    }
    struct wire_hello hello = {.proved = !doubt};
    text_place(hello.doubt, sizeof hello.doubt, doubt ? doubt : "");
    name_family(&hello, preload ? preload : "");
    text_place(hello.library, sizeof hello.library,
               play->library ? play->library
               : preload     ? preload
                             : "/lib/libc.so.6");
    fputs("a chatty library\n", stdout);
    fwrite(&hello, sizeof hello, 1, stdout);
    return 0;
}

static int play(char **argv)
{
    struct play own = {.wire = -1};
    bool is_proof = false;
    char **at = argv + 1;
    for (; *at && strcmp(*at, "--") != 0; at++) {
        if (strcmp(*at, "--describe") == 0 || strcmp(*at, "--plan") == 0) {
            return describe(at[1]);
        }
        is_proof |= strcmp(*at, "--prove") == 0;
        if (strcmp(*at, "--library") == 0) {
            own.library = at[1];
        } else if (strcmp(*at, "--wire") == 0) {
            own.wire = atoi(at[1]);
        }
    }
    if (is_proof) {
        return prove(&own);
    }
    for (size_t i = 0; *at && at[1] && i < sizeof parts / sizeof *parts; i++) {
        if (strcmp(parts[i].name, at[1]) == 0) {
            parts[i].act(&own);
            return 0;
        }
    }
    fprintf(stderr, "the fake worker cannot play '%s'\n", *at ? at[1] : "");
    return WORKER_EXIT_USAGE;
}

/* ---- beside the running program ---- */

__attribute__((noreturn)) static void give_up(const char *what)
{
    perror(what);
    exit(1);
}

static char *make_place(const char *program, const char *directory)
{
    char *place = text_format("%s/fake-worker.XXXXXX", directory);
    if (!mkdtemp(place)) {
        give_up(place);
    }
    const char *const names[] = {program_name, worker_name};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cleanup_free char *link_path = text_format("%s/%s", place, names[i]);
        if (link(program, link_path)) {
            give_up(link_path);
        }
    }
    return place;
}

static void remove_place(const char *place)
{
    const char *const names[] = {program_name, worker_name};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cleanup_free char *link_path = text_format("%s/%s", place, names[i]);
        unlink(link_path);
    }
    rmdir(place);
}

/* Runs the same program there. Returns its exit status. */
static int run_there(const char *place, char **argv)
{
    cleanup_free char *program = text_format("%s/%s", place, program_name);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        puppet_die_with(parent);
        execv(program, (char *[]){program, argv[1], NULL});
        _exit(127);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void fake_worker_begin(int argc, char **argv)
{
    const char *name = file_basename(argv[0]);
    if (strcmp(name, worker_name) == 0) {
        leave(play(argv));
    }
    if (argc < 1 || strcmp(name, program_name) == 0) {
        return;
    }
    struct error err;
    char program[4096] = "";
    cleanup_free char *directory = file_program_directory(&err);
    if (!directory || readlink("/proc/self/exe", program, sizeof program - 1) < 0) {
        give_up("/proc/self/exe");
    }
    cleanup_free char *place = make_place(program, directory);
    int status = run_there(place, argv);
    remove_place(place);
    exit(status);
}
