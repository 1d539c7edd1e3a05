#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

ssize_t file_read_at(int directory, const char *path, char *buffer, size_t size)
{
    cleanup_close int descriptor = openat(directory, path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return -1;
    }
    size_t length = 0;
    while (length < size - 1) {
        ssize_t got = read(descriptor, buffer + length, size - 1 - length);
        if (got < 0) {
            return -1;
        }
        if (got == 0) {
            break;
        }
        length += (size_t)got;
    }
    buffer[length] = '\0';
    return (ssize_t)length;
}

int file_make_directories(const char *path, struct error *err)
{
    cleanup_free char *partial = text_copy(path);
    for (char *slash = partial + (*partial != '\0');; slash++) {
        slash = strchrnul(slash, '/');
        char separator = *slash;
        *slash = '\0';
        struct stat status;
        if (mkdir(partial, 0777) && (errno != EEXIST || stat(partial, &status))) {
            return error_errno(err, "cannot create directory '%s'", partial);
        }
        *slash = separator;
        if (separator == '\0') {
            break;
        }
    }
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISDIR(status.st_mode)) {
        errno = ENOTDIR;
        return error_errno(err, "cannot use '%s'", path);
    }
    return 0;
}

int file_write(const char *path, const char *text, size_t length, struct error *err)
{
    cleanup_close int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        return error_errno(err, "cannot create '%s'", path);
    }
    while (length > 0) {
        ssize_t written = write(descriptor, text, length);
        if (written < 0) {
            error_errno(err, "cannot write '%s'", path);
            unlink(path);
            return -1;
        }
        text += written;
        length -= (size_t)written;
    }
    return 0;
}

static int write_draft(const char *path, void (*print)(const void *context, FILE *out),
                       const void *context)
{
    FILE *out = fopen(path, "we");
    if (!out) {
        return -1;
    }
    print(context, out);
    int failed = fflush(out) || ferror(out);
    return fclose(out) || failed ? -1 : 0;
}

int file_replace(const char *path, void (*print)(const void *context, FILE *out),
                 const void *context, struct error *err)
{
    /* Of this process alone: another one may be writing the same file. */
    cleanup_free char *draft = text_format("%s.%d", path, (int)getpid());
    if (write_draft(draft, print, context) || rename(draft, path)) {
        error_errno(err, "cannot write '%s'", path);
        unlink(draft);
        return -1;
    }
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

int file_remove_tree(const char *path, struct error *err)
{
    enum { DESCRIPTORS = 16 };
    if (nftw(path, remove_entry, DESCRIPTORS, FTW_DEPTH | FTW_PHYS)) {
        return error_errno(err, "cannot remove '%s'", path);
    }
    return 0;
}

char *file_program_directory(struct error *err)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length < 0) {
        error_errno(err, "cannot read '/proc/self/exe'");
        error_hint(err, "membench needs /proc to be mounted");
        return NULL;
    }
    path[length] = '\0';
    *strrchr(path, '/') = '\0';
    return text_copy(path);
}

const char *file_basename(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}
