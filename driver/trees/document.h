// Texts that lie beside tiles or are linked: items, tile matrix sets.
#pragma once

#include <optional>
#include <string>

namespace tiledir::driver
{

/// Do these bytes begin as gzip does?
bool is_compressed(const std::string &first_bytes);

/// Is there such a document? On a disk without reading it. Throws as read_document() over a network.
bool document_exists(const std::string &path);

/// True where a file that need not be there is: what a server does not show is not there.
bool side_file_exists(const std::string &path);

/// A document's text, in UTF-8 where it is gzip or UTF-16; nullopt where it is absent or a folder. Over a network a
/// document is asked for once in a while (store::open_object_reader()). Throws InputError where it is larger than 16
/// MiB, StoreError and TileError.
std::optional<std::string> read_document(const std::string &path);

} // namespace tiledir::driver
