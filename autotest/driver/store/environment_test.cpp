#include "driver/store/environment.h"

#include "stac/error.h"

#include <gtest/gtest.h>

#include <cstdlib>

using tiledir::store::Variables;
using tiledir::store::with_environment;

TEST(Environment, VariablesStandForTheirValues)
{
    setenv("TILEDIR_TEST_A", "one", 1);
    setenv("TILEDIR_TEST_B", "${TILEDIR_TEST_A}", 1);
    Variables used;
    EXPECT_EQ(with_environment("/x/${TILEDIR_TEST_A}/${TILEDIR_TEST_B}.tif", &used), "/x/one/${TILEDIR_TEST_A}.tif");
    EXPECT_EQ(used, (Variables{{"TILEDIR_TEST_A", "one"}, {"TILEDIR_TEST_B", "${TILEDIR_TEST_A}"}}));
}

TEST(Environment, WhatIsNoVariableStays)
{
    for (const char *text : {"", "a", "$", "${", "${}", "$HOME", "${a-b}", "${1}", "x${", "{TileMatrix}/${ x}"})
    {
        EXPECT_EQ(with_environment(text), text);
    }
}

TEST(Environment, AVariableThatIsNotSetIsNamed)
{
    try
    {
        with_environment("${TILEDIR_TEST_NOT_THERE}/a");
        FAIL() << "it stood for something";
    }
    catch (const tiledir::InputError &error)
    {
        EXPECT_NE(std::string(error.what()).find("no variable TILEDIR_TEST_NOT_THERE"), std::string::npos);
    }
}
