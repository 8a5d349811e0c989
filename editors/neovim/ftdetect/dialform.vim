" Not every KDL file is dialform's: only the project's file and the campaigns.
autocmd BufNewFile,BufRead dialform.kdl,*/campaigns/*.kdl,campaigns/*.kdl set filetype=dialform
