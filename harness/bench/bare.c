/* The peer of the worker in the benchmark of its own cost: python3, linked like the worker, and
 * nothing else. */
#include <Python.h>

int main(int argc, char **argv)
{
    return Py_BytesMain(argc, argv);
}
