"""The page of a folder of results: all that was found, in one file that needs no other."""

from figures.page.page import draw_report as draw_report
from figures.page.page import remove_page as remove_page
from figures.page.page import write_page as write_page
