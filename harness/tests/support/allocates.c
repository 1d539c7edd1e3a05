#include "tests/support/allocates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/puppet.h"

void allocates_start(struct allocates *target, const char *const *variables)
{
    int to[2], from[2];
    assert_int_equal(pipe2(to, O_CLOEXEC), 0);
    assert_int_equal(pipe2(from, O_CLOEXEC), 0);
    pid_t parent = getpid(), pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        puppet_die_with(parent);
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        for (; variables && *variables; variables++) {
            putenv((char *)(uintptr_t)*variables);
        }
        execl(MEMBENCH_ALLOCATES, MEMBENCH_ALLOCATES, (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    *target = (struct allocates){.pid = pid, .to = to[1], .from = from[0]};
}

void allocates_end(struct allocates *target)
{
    kill(target->pid, SIGKILL);
    assert_int_equal(waitpid(target->pid, NULL, 0), target->pid);
    close(target->to);
    close(target->from);
    *target = (struct allocates){.to = -1, .from = -1};
}

void allocates_tell(struct allocates *target, const char *format, ...)
{
    char command[256];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(command, sizeof command - 1, format, arguments);
    va_end(arguments);
    assert_in_range(size, 1, sizeof command - 2);
    command[size] = '\n';
    assert_int_equal(write(target->to, command, (size_t)size + 1), size + 1);
    command[size] = '\0';
    size_t length = 0;
    do {
        ssize_t got =
            read(target->from, target->answer + length, sizeof target->answer - 1 - length);
        if (got <= 0) {
            fail_msg("membench-allocates is gone after '%s'", command);
        }
        length += (size_t)got;
        target->answer[length] = '\0';
    } while (!strchr(target->answer, '\n'));
    if (strncmp(target->answer, "ok ", 3) != 0) {
        fail_msg("'%s': %s", command, target->answer);
    }
}

uint64_t allocates_number(const struct allocates *target, const char *name)
{
    char key[64];
    snprintf(key, sizeof key, " %s=", name);
    const char *at = strstr(target->answer, key);
    if (!at) {
        fail_msg("no '%s' in: %s", name, target->answer);
        return 0;
    }
    return strtoull(at + strlen(key), NULL, 10);
}
