#include "tests/support/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"

void capture_begin(struct capture *capture, FILE *stream)
{
    fflush(stream);
    *capture = (struct capture){.stream = stream,
                                .file = memfd_create("capture", MFD_CLOEXEC),
                                .before = dup(fileno(stream))};
    assert_true(capture->file >= 0 && capture->before >= 0);
    assert_true(dup2(capture->file, fileno(stream)) >= 0);
}

char *capture_end(struct capture *capture)
{
    fflush(capture->stream);
    assert_true(dup2(capture->before, fileno(capture->stream)) >= 0);
    size_t length = (size_t)lseek(capture->file, 0, SEEK_END);
    char *text = text_allocate(length + 1);
    assert_int_equal(pread(capture->file, text, length, 0), length);
    text[length] = '\0';
    close(capture->file);
    close(capture->before);
    return text;
}
