import engine
