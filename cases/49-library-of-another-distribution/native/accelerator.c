int accelerator_answer(void) { return 42; }
