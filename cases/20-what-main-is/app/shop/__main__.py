import show

show.main()
