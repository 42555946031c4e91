from echoline.privacy.addresses import find_emails, find_ipv4s, find_ipv6s, find_macs


def test_the_place_of_a_mail_address_is_exact() -> None:
    text = "to <bob@example.com>."
    assert [text[one.start : one.end] for one in find_emails(text)] == ["bob@example.com"]


def test_addresses_of_no_single_host_are_left() -> None:
    texts = ["127.0.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.251", "240.0.0.1"]
    assert [text for text in texts if list(find_ipv4s(text))] == []


def test_a_version_of_a_program_is_told_from_an_address_in_a_path() -> None:
    assert list(find_ipv4s("Chrome/120.0.0.0 Edg/120.0.0.0")) == []
    assert [one.secret for one in find_ipv4s("GET /hosts/120.0.0.1")] == ["120.0.0.1"]


def test_names_with_double_colons_are_no_addresses() -> None:
    texts = ["std::string", "dead::beef", "::1", "12:30:45", "a::b", "::"]
    assert [text for text in texts if list(find_ipv6s(text))] == []


def test_an_address_of_version_6_is_found_whole() -> None:
    assert [one.secret for one in find_ipv6s("[2001:db8:0:1::7]:80")] == ["2001:db8:0:1::7"]


def test_a_longer_row_of_octets_is_no_hardware_address() -> None:
    assert list(find_macs("00:1a:2b:3c:4d:5e:6f")) == []
