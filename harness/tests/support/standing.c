#include "tests/support/standing.h"

#include <ctype.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const char preamble[] = "import os, signal, sys\n"
                               "stop_arguments = (os.getpid(), signal.SIGSTOP.value)\n"
                               "stop = lambda kill=os.kill, of=stop_arguments: kill(*of)\n";

static void run_python(const char *code, const char *variable, int output)
{
    char *program;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    if (asprintf(&program, "%s%s", preamble, code) < 0) {
        _exit(1);
    }
    if (variable) {
        putenv((char *)variable);
    }
    execl("/usr/bin/python3", "python3", "-S", "-c", program, NULL);
    _exit(1);
}

/* Waits until it stops and takes what is new in its output. */
static void await_stop(struct standing *standing, int output, off_t from)
{
    int status;
    assert_int_equal(waitpid(standing->pid, &status, WUNTRACED), standing->pid);
    off_t size = lseek(output, 0, SEEK_END) - from;
    standing->output = calloc(1, (size_t)size + 1);
    assert_int_equal(pread(output, standing->output, (size_t)size, from), size);
    if (!WIFSTOPPED(status)) {
        fail_msg("the program ended instead of stopping: %s", standing->output);
    }
}

void standing_start(struct standing *standing, const char *code, const char *variable)
{
    int output = memfd_create("output", MFD_CLOEXEC);
    fcntl(output, F_SETFL, O_APPEND);
    standing->pid = fork();
    if (standing->pid == 0) {
        run_python(code, variable, output);
    }
    await_stop(standing, output, 0);
    close(output);
}

void standing_continue(struct standing *standing)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd/1", standing->pid);
    int output = open(path, O_RDONLY | O_CLOEXEC);
    off_t from = lseek(output, 0, SEEK_END);
    free(standing->output);
    kill(standing->pid, SIGCONT);
    await_stop(standing, output, from);
    close(output);
}

void standing_end(struct standing *standing)
{
    kill(standing->pid, SIGKILL);
    waitpid(standing->pid, NULL, 0);
    free(standing->output);
}

double standing_number(const struct standing *standing, const char *text)
{
    const char *at = strstr(standing->output, text);
    if (!at) {
        fail_msg("no '%s' in: %s", text, standing->output);
        return 0;
    }
    double number = 0;
    for (at += strlen(text); *at == ' ' || *at == '='; at++) {
    }
    for (; isdigit((unsigned char)*at) || *at == ','; at++) {
        number = *at == ',' ? number : number * 10 + (*at - '0');
    }
    return number;
}
