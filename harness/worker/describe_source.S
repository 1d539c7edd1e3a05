/* describe.py as a string in the program: const char describe_source[]. */
    .section .rodata
    .globl describe_source
    .hidden describe_source
    .type describe_source, @object
describe_source:
    .incbin "worker/describe.py"
    .byte 0
    .size describe_source, . - describe_source

    .section .note.GNU-stack, "", @progbits
