/* membench-worker: embeds CPython, runs one workload, and stands still where it is measured.
 *
 *   membench-worker --prove [--library PATH]     writes a struct wire_hello to stdout
 *   membench-worker --describe FILE              writes JSON to stdout
 *   membench-worker --plan FILE                  writes JSON to stdout
 *   membench-worker --wire FD [OPTIONS] FILE [ARGUMENTS]
 *   membench-worker --bare [PYTHON'S OPTIONS] FILE [ARGUMENTS]
 *
 * It is started by membench; its options are not for people and change with it. */
#include <Python.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure/worker_exit.h"
#include "worker/account.h"
#include "worker/aftermath.h"
#include "worker/describe.h"
#include "worker/failure.h"
#include "worker/interpreter.h"
#include "worker/load.h"
#include "worker/proof.h"
#include "worker/speech.h"
#include "worker/worker.h"

enum mode { MODE_TRIAL, MODE_PROVE, MODE_DESCRIBE, MODE_PLAN };

enum { MOST_PARAMETERS = 256 };

/* Reads one option and its value; returns how many arguments it took, or 0 if it is none. */
static int parse_option(char **at, struct worker_options *options, enum mode *mode)
{
    static const char *parameters[MOST_PARAMETERS];
    const char *name = at[0], *value = at[1] ? at[1] : "";
    if (strcmp(name, "--prove") == 0) {
        *mode = MODE_PROVE;
        return 1;
    }
    if (strcmp(name, "--describe") == 0) {
        *mode = MODE_DESCRIBE;
        return 1;
    }
    if (strcmp(name, "--plan") == 0) {
        *mode = MODE_PLAN;
        return 1;
    }
    if (strcmp(name, "--script") == 0) {
        return options->is_script = true;
    }
    if (strcmp(name, "--interruptible") == 0) {
        return options->is_interruptible = true;
    }
    if (strcmp(name, "--tick") == 0) {
        return options->tick = true;
    }
    if (strcmp(name, "--malloc") == 0) {
        return options->use_malloc = true;
    }
    if (strcmp(name, "--wire") == 0) {
        options->wire = atoi(value);
    } else if (strcmp(name, "--stacks") == 0) {
        options->stacks = atoi(value);
    } else if (strcmp(name, "--library") == 0) {
        options->library = value;
    } else if (strcmp(name, "--hash-seed") == 0) {
        options->hash_seed = strtoul(value, NULL, 10);
    } else if (strcmp(name, "--cycles") == 0) {
        options->cycles = (unsigned)strtoul(value, NULL, 10);
    } else if (strcmp(name, "--settle") == 0) {
        options->settle = strtod(value, NULL);
    } else if (strcmp(name, "--venv") == 0) {
        options->venv = value;
    } else if (strcmp(name, "--parameter") == 0 && options->parameter_count < MOST_PARAMETERS) {
        parameters[options->parameter_count++] = value;
        options->parameters = parameters;
    } else {
        return 0;
    }
    return at[1] ? 2 : 0;
}

/* Static: kept off the stack of a process that is measured. */
static const struct wire_hello *make_hello(const struct worker_options *options)
{
    static struct wire_hello hello;
    proof_make(&hello, options->library);
    snprintf(hello.python, sizeof hello.python, "%s", PY_VERSION);
    return &hello;
}

static int prove(const struct worker_options *options)
{
    const struct wire_hello *hello = make_hello(options);
    return write(STDOUT_FILENO, hello, sizeof *hello) == sizeof *hello ? 0 : 1;
}

static void introduce(const struct worker_options *options)
{
    const struct wire_hello *hello = make_hello(options);
    speech_open(options->wire);
    speech_hello(hello);
    if (!hello->proved) {
        _exit(WORKER_EXIT_NOT_PROVED);
    }
    account_open(options->library, options->stacks);
}

static int run_trial(const struct worker_options *options)
{
    introduce(options);
    int status = interpreter_start(options);
    if (status != 0) {
        return status;
    }
    PyObject *state = NULL, *tick = NULL;
    enum load_result result =
        options->is_script ? script_run(options) : protocol_run(options, &state, &tick);
    if (result == LOAD_DONE && aftermath_run(options, state, tick) == 0) {
        speech_done();
        status = 0;
    } else {
        status = result == LOAD_CHILD ? 0 : 1;
    }
    Py_XDECREF(tick);
    Py_XDECREF(state);
    return interpreter_stop(status);
}

int main(int argc, char **argv)
{
    enum mode mode = MODE_TRIAL;
    struct worker_options options = {.wire = -1, .stacks = -1, .cycles = 1};
    int at = 1;
    if (argc > 1 && strcmp(argv[1], "--bare") == 0) {
        /* python3 in this very binary: the peer of the benchmark of its own cost. In another one
         * the interpreter's loops would be aligned otherwise, which alone is worth some per cent.
         */
        return Py_BytesMain(argc - 1, argv + 1);
    }
    while (at < argc && strncmp(argv[at], "--", 2) == 0) {
        if (argv[at][2] == '\0') {
            at++;
            break;
        }
        int taken = parse_option(argv + at, &options, &mode);
        if (taken == 0) {
            fprintf(stderr, "membench-worker: unknown option '%s'\n", argv[at]);
            return WORKER_EXIT_USAGE;
        }
        at += taken;
    }
    options.arguments = argv + at;
    options.argument_count = argc - at;
    if (mode == MODE_PROVE) {
        return prove(&options);
    }
    if (options.argument_count == 0 || (mode == MODE_TRIAL && options.wire < 0)) {
        fprintf(stderr, "membench-worker is started by membench, not by hand\n");
        return WORKER_EXIT_USAGE;
    }
    switch (mode) {
    case MODE_DESCRIBE:
        return describe_run(&options);
    case MODE_PLAN:
        return describe_plan(&options);
    default:
        return run_trial(&options);
    }
}
