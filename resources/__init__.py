"""Files the program reads at run time: icons, styles, translations."""
