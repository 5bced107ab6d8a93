#include "driver/raster/pixels/data_type.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace tiledir::raster;

// Names: STAC 1.1 common metadata, "Data Types".
TEST(DataType, HasStacsNames)
{
    EXPECT_EQ(stac_name(GDT_Byte), "uint8");
    EXPECT_EQ(stac_name(GDT_UInt16), "uint16");
    EXPECT_EQ(stac_name(GDT_Int16), "int16");
    EXPECT_EQ(stac_name(GDT_UInt32), "uint32");
    EXPECT_EQ(stac_name(GDT_Int32), "int32");
    EXPECT_EQ(stac_name(GDT_UInt64), "uint64");
    EXPECT_EQ(stac_name(GDT_Int64), "int64");
    EXPECT_EQ(stac_name(GDT_Float32), "float32");
    EXPECT_EQ(stac_name(GDT_Float64), "float64");
    EXPECT_EQ(stac_name(GDT_CInt16), "cint16");
    EXPECT_EQ(stac_name(GDT_CFloat64), "cfloat64");
    EXPECT_EQ(stac_name(GDT_Unknown), "other");
}

TEST(DataType, IsFoundByItsStacName)
{
    EXPECT_EQ(type_of_stac_name("uint8"), GDT_Byte);
    EXPECT_EQ(type_of_stac_name("cfloat32"), GDT_CFloat32);
    EXPECT_EQ(type_of_stac_name("int64"), GDT_Int64);
    EXPECT_EQ(type_of_stac_name("other"), GDT_Unknown);
    EXPECT_EQ(type_of_stac_name(""), GDT_Unknown);
    EXPECT_EQ(readable_type("int16"), GDT_Int16);
    EXPECT_EQ(readable_type("int8"), type_of_stac_name("int8") == GDT_Unknown ? GDT_Int16 : type_of_stac_name("int8"));
    EXPECT_EQ(readable_type("float16"),
              type_of_stac_name("float16") == GDT_Unknown ? GDT_Float32 : type_of_stac_name("float16"));
    EXPECT_EQ(readable_type("other"), GDT_Unknown);
}

TEST(DataType, HoldsWhatItCanExpressExactly)
{
    EXPECT_TRUE(holds(GDT_Byte, 255));
    EXPECT_FALSE(holds(GDT_Byte, 256));
    EXPECT_FALSE(holds(GDT_Byte, -1));
    EXPECT_FALSE(holds(GDT_Byte, 0.5));
    EXPECT_TRUE(holds(GDT_Int16, -32768));
    EXPECT_TRUE(holds(GDT_Float32, 0.5));
    EXPECT_FALSE(holds(GDT_Float32, 0.1));
    EXPECT_FALSE(holds(GDT_Float32, 16777217));
    EXPECT_FALSE(holds(GDT_Float32, 1e300));
    EXPECT_TRUE(holds(GDT_Float64, 0.1));
}

TEST(DataType, OnlyFloatingPointHoldsNaNAndInfinity)
{
    const double infinity = std::numeric_limits<double>::infinity();
    EXPECT_TRUE(holds(GDT_Float32, std::nan("")));
    EXPECT_TRUE(holds(GDT_Float32, infinity));
    EXPECT_FALSE(holds(GDT_Int32, std::nan("")));
    EXPECT_FALSE(holds(GDT_Int32, infinity));
}
