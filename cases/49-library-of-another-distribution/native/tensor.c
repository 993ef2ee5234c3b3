/* An extension module that asks a library of another distribution. What it needs of Python.h is written out (for 64 bits),
   as a machine may have a Python without it. */
struct method {
  const char *name;
  void *(*function)(void *self, void *argument);
  int flags;
  const char *doc;
};

struct module {
  long references;
  void *type, *initialize;
  long index;
  void *copy;
  const char *name, *doc;
  long size;
  struct method *methods;
  void *slots, *traverse, *clear, *free;
};

extern void *PyLong_FromLong(long value);
extern void *PyModule_Create2(struct module *definition, int api);
extern int accelerator_answer(void);

static void *answer(void *self, void *argument) { return PyLong_FromLong(accelerator_answer()); }

static struct method methods[] = {{"answer", answer, 4 /* METH_NOARGS */, 0}, {0, 0, 0, 0}};

static struct module definition = {.references = 1, .name = "_tensor", .size = -1, .methods = methods};

void *PyInit__tensor(void) { return PyModule_Create2(&definition, 1013); }
