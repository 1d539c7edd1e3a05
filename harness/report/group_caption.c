#include "report/group_caption.h"

#include "base/cleanup.h"
#include "base/text.h"

void group_caption(const struct prose *prose, const struct summary_workload *workload,
                   const struct summary_group *group, const char *what)
{
    bool is_plain = workload->group_count == 1 && group->object_allocator == OBJECT_PYMALLOC;
    const char *object_allocator = options_object_allocator_name(group->object_allocator);
    cleanup_free char *caption =
        is_plain ? text_copy(what) : text_format("%s, object allocator %s", what, object_allocator);
    putc('\n', prose->out);
    prose_caption(prose, PROSE_BOLD, caption);
}
