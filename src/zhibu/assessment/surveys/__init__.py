"""Anonymous surveys: paper slips with a code each, answers kept only as counts, the mean given to one side."""
