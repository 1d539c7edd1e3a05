#include "plan/locate.h"

#include <dlfcn.h>
#include <errno.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"

char *locate_worker(struct error *err)
{
    cleanup_free char *directory = file_program_directory(err);
    if (!directory) {
        return NULL;
    }
    cleanup_free char *path = text_format("%s/membench-worker", directory);
    if (access(path, X_OK)) {
        error_errno(err, "cannot execute '%s'", path);
        error_hint(err, "membench and membench-worker belong in the same directory");
        return NULL;
    }
    return take_pointer(path);
}

char *locate_loader(struct error *err)
{
    Dl_info info;
    if (!dladdr((const void *)getauxval(AT_BASE), &info) || info.dli_fname[0] != '/') {
        error_set(err, "ld.so was not found");
        error_hint(err, "membench runs on glibc only");
        return NULL;
    }
    return text_copy(info.dli_fname);
}

char *locate_workloads(struct error *err)
{
    cleanup_free char *directory = file_program_directory(err);
    if (!directory) {
        return NULL;
    }
    cleanup_free char *installed = text_format("%s/../share/membench/workloads", directory);
    if (access(installed, R_OK | X_OK) == 0) {
        return take_pointer(installed);
    }
    if (access(MEMBENCH_SHIPPED_WORKLOADS, R_OK | X_OK) == 0) {
        return text_copy(MEMBENCH_SHIPPED_WORKLOADS);
    }
    error_set(err, "the shipped workloads are neither in '%s' nor in '%s'", installed,
              MEMBENCH_SHIPPED_WORKLOADS);
    error_hint(err, "give workloads by their path");
    return NULL;
}
